"""Writes the page of the day, with its charts in it."""

from __future__ import annotations

from typing import BinaryIO

from sf_handoff.adapters.report_files.charts import draw
from sf_handoff.reports.page.day_page import DayPage
from sf_handoff.reports.page.page import page


def write_page(file: BinaryIO, day: DayPage) -> None:
    file.write(page(day, draw).encode())
