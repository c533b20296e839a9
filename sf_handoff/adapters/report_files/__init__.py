"""The files of a report day: CSV for other programs, JSON Lines for ours, a workbook and a page for people.

Each writer takes the rows once, keeps none of them, and writes to the open file that it is given; that this
file appears whole or not at all is its caller's doing.
"""
