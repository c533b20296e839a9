"""What a cell says, by the kind of its column."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.embedded import ids
from sf_handoff.reports.cells import Unreadable, plain, shown, typed, whole_id
from sf_handoff.reports.columns import Kind

ID = "500EO0000000001YAA"


@pytest.mark.parametrize(
    ("kind", "cell", "said"),
    [
        (Kind.TEXT, {"label": "00001001", "value": ID}, "00001001"),  # a link: the value is the case's Id
        (Kind.TEXT, {"label": "00001001", "value": "00001001"}, "00001001"),
        (Kind.TEXT, {"label": "-", "value": ID}, None),
        (Kind.TEXT, {"label": "-", "value": None}, None),
        (Kind.TEXT, {"label": "-", "value": "-"}, "-"),
        (Kind.TEXT, {"label": ID, "value": ID}, ID),  # an agent typed it
        (Kind.LONG_TEXT, {"label": "One<br>two", "value": "One<br>two"}, "One\ntwo"),
        (Kind.PICKLIST, {"label": "Neu", "value": "New"}, "New"),
        (Kind.ID, {"label": "Jesse", "value": ID}, ID),
        (Kind.FLAG, {"label": "ja", "value": True}, True),
        (Kind.MOMENT, {"label": "20/11/26", "value": "2026-11-20T17:30:00Z"}, "2026-11-20T17:30:00Z"),
    ],
)
def test_the_value_decides_and_a_link_says_its_text_in_the_label(
    kind: Kind, cell: dict[str, Any], said: Any
) -> None:
    assert shown(kind, cell) == said


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        (Kind.TEXT, "", None),
        (Kind.LONG_TEXT, "a\r\nb\rc", "a\nb\nc"),
        (Kind.MOMENT, "2026-11-20T17:30:00.987+0000", "2026-11-20T17:30:00+00:00"),
        (Kind.MOMENT, "2026-11-20T12:30:00-05:00", "2026-11-20T17:30:00+00:00"),
        (Kind.DATE, "2026-11-20", "2026-11-20"),
        (Kind.FLAG, "false", False),
        (Kind.FLAG, True, True),
        (Kind.NUMBER, "12.50", 12.5),
        (Kind.NUMBER, {"amount": 12, "currency": None}, 12),
        (Kind.ID, ID[:15], ID),
    ],
)
def test_what_is_kept(kind: Kind, raw: Any, kept: Any) -> None:
    assert plain(kind, raw) == kept
    assert type(plain(kind, raw)) is type(kept)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.TEXT, 12),
        (Kind.MOMENT, "2026-11-20"),
        (Kind.MOMENT, "2026-11-20T17:30:00"),
        (Kind.MOMENT, "yesterday"),
        (Kind.MOMENT, 1),
        (Kind.DATE, "11/20/2026"),
        (Kind.FLAG, "perhaps"),
        (Kind.NUMBER, "NaN"),
        (Kind.NUMBER, True),
        (Kind.NUMBER, {"currency": "USD"}),
        (Kind.ID, "Jesse"),
    ],
)
def test_what_cannot_be_read_is_never_guessed(kind: Kind, raw: Any) -> None:
    with pytest.raises(Unreadable):
        plain(kind, raw)


def test_moments_and_dates_come_back_typed() -> None:
    assert typed(Kind.MOMENT, "2026-11-20T17:30:00+00:00") == datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
    assert typed(Kind.DATE, "2026-11-20") == date(2026, 11, 20)
    assert typed(Kind.MOMENT, None) is None


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", min_size=15, max_size=15))
def test_short_ids_get_the_check_that_the_org_gives_them(short: str) -> None:
    assert whole_id(short) == ids.with_check(short)
