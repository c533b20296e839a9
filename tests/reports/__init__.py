"""What the report thinks: days, windows, cells, runs, headings."""
