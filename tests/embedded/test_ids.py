from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.embedded import ids


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("001B000001LntWl", "001B000001LntWlIAJ"),
        ("a00B000000FSjVU", "a00B000000FSjVUIA1"),
        ("003ak00000luKU1", "003ak00000luKU1AAM"),
        ("012000000000000", "012000000000000AAA"),
    ],
)
def test_the_three_check_characters_are_salesforces(short: str, whole: str) -> None:
    assert ids.with_check(short) == whole
    assert ids.normal(short) == whole
    assert ids.normal(whole) == whole


@pytest.mark.parametrize("value", ["a00B000000FSjVUIB1", "", "short", "003ak00000luKU!", "é" * 15, 15, None])
def test_what_is_no_id(value: object) -> None:
    assert ids.normal(value) is None


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_ids_sort_as_they_were_made(one: int, other: int) -> None:
    assert (ids.make("500", one) < ids.make("500", other)) == (one < other)
    assert len(ids.make("500", one)) == 18
