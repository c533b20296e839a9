"""Codes: the check digit's promises, the draw, and how they are spoken."""

from __future__ import annotations

import secrets
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.calls.codes import LENGTH, as_dialled, damm, new_code, spoken, well_formed

digits = st.text("0123456789", min_size=8, max_size=8)


@pytest.mark.parametrize(("number", "check"), [("572", "4"), ("12345678", "6"), ("00000000", "0")])
def test_known_check_digits(number: str, check: str) -> None:
    assert damm(number) == check


@given(digits, st.integers(0, 8), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(number: str, place: int, by: int) -> None:
    code = number + damm(number)
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert not well_formed(wrong)


@given(digits, st.integers(0, 7))
def test_every_swap_of_neighbours_is_caught(number: str, place: int) -> None:
    code = number + damm(number)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert well_formed(swapped) == (code[place] == code[place + 1])


@pytest.mark.parametrize("code", ["", "12345678", "1234567890", "12345678a", "١٢٣٤٥٦٧٨٩", " 12345678"])
def test_anything_else_is_no_code(code: str) -> None:
    assert not well_formed(code)


@pytest.mark.parametrize("given", ["123456786", "123 456 786", "123-456-786", "123456786#", " 123456786"])
def test_digits_come_as_phone_systems_send_them(given: str) -> None:
    assert as_dialled(given) == "123456786"


def test_a_code_is_text_with_its_leading_zeros() -> None:
    code = new_code(lambda below: 42)
    assert code == "00000042" + damm("00000042")
    assert len(code) == LENGTH


def test_the_draw_covers_all_values_evenly() -> None:
    asked: list[int] = []

    def below(number: int) -> int:
        asked.append(number)
        return secrets.randbelow(number)

    first = Counter(new_code(below)[0] for _ in range(2_000))
    assert set(asked) == {10**8}
    assert min(first.values()) > 120


@pytest.mark.parametrize("drawn", [0, 1, 9, 10, 4_294_967, 42_949_672, 99_999_998, 99_999_999])
def test_each_value_of_the_draw_is_a_code_of_its_own(drawn: int) -> None:
    """Nothing is folded together: codes are as even as the draw is, without modulo bias."""
    code = new_code(lambda below: drawn)
    assert int(code[:-1]) == drawn
    assert well_formed(code)


def test_it_is_read_out_in_threes() -> None:
    assert spoken("123456786") == "123 456 786"
