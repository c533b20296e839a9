"""The claims of a signed handoff: what is refused although its signature is good."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sf_handoff.calls.payload import MOST_BYTES
from sf_handoff.calls.signed import Parties, SignedHandoff, read_signed
from sf_handoff.errors import InvalidHandoff
from tests.signing import AUDIENCE, ISSUER, claims

AT = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)
NOW = int(AT.timestamp())
PARTIES = Parties(ISSUER, AUDIENCE)


def read(said: dict[str, Any] | str, now: datetime = AT) -> SignedHandoff:
    written = said if isinstance(said, str) else json.dumps(said)
    return read_signed(written.encode("utf-8", "surrogatepass"), "header.claims", PARTIES, now)


def refusal(said: dict[str, Any] | str, now: datetime = AT) -> InvalidHandoff:
    with pytest.raises(InvalidHandoff) as refused:
        read(said, now)
    assert refused.value.__context__ is None
    return refused.value


def wrong(said: dict[str, Any], now: datetime = AT) -> list[str]:
    """The claims that a refusal names."""
    error = refusal(said, now)
    assert error.code == "BAD_TOKEN"
    return [problem.path for problem in error.problems]


def test_a_good_token_gives_its_handoff_and_its_use() -> None:
    said = claims(AT)
    found = read(said)
    assert found.handoff.handoff_id == said["handoff"]["handoff_id"]
    assert (found.use.jti, found.use.signed) == (said["jti"], "header.claims")
    assert found.use.until == AT + timedelta(seconds=300 + 60)


@pytest.mark.parametrize("name", ["iss", "aud", "iat", "nbf", "exp", "jti", "handoff"])
def test_each_claim_is_required(name: str) -> None:
    assert wrong(claims(AT, leave_out=name)) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://canary.example.com"),
        ("iss", [ISSUER]),
        ("aud", "canary"),
        ("aud", [AUDIENCE]),
        ("aud", [AUDIENCE, "canary"]),
        ("iat", NOW + 61),
        ("nbf", NOW + 61),
        ("iat", str(NOW)),
        ("exp", str(NOW + 300)),
        ("exp", None),
        ("exp", True),
        ("exp", {}),
        ("exp", NOW - 1),
        ("exp", NOW + 601),
        ("exp", NOW + 10 * 365 * 86400),
        ("exp", 1e300),
        ("exp", NOW),
        ("jti", ""),
        ("jti", "x" * 129),
        ("jti", "canary\n"),
        ("jti", 7),
        ("handoff", "canary"),
        ("handoff", ["canary"]),
        ("sub", "canary"),
        ("sub", 7),
        ("sub", None),
    ],
)
def test_a_claim_that_is_wrong_is_named_and_not_quoted(name: str, value: object) -> None:
    said = {**claims(AT), name: value}
    assert wrong(said) == [name]
    assert "canary" not in str(refusal(said))


@pytest.mark.parametrize(
    ("at", "works"),
    [
        (AT - timedelta(seconds=60), True),
        (AT - timedelta(seconds=61), False),
        (AT + timedelta(seconds=300), True),
        (AT + timedelta(seconds=359), True),
        (AT + timedelta(seconds=360), False),
    ],
)
def test_clocks_may_differ_by_a_minute(at: datetime, *, works: bool) -> None:
    if works:
        read(claims(AT), at)
    else:
        assert refusal(claims(AT), at).code == "BAD_TOKEN"


def test_ten_minutes_are_the_longest_life() -> None:
    assert read(claims(AT, exp=NOW + 600)).handoff.handoff_id


def test_a_life_of_ten_minutes_does_not_begin_in_the_future() -> None:
    assert wrong(claims(AT, iat=NOW + 3600, exp=NOW + 4200)) == ["iat"]


def test_times_may_have_fractions() -> None:
    assert read(claims(AT, iat=NOW - 0.5, nbf=NOW - 0.5, exp=NOW + 1.5)).handoff.handoff_id


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = claims(AT, iss="x", aud="x", jti=None, exp=NOW + 700, handoff=None)
    assert wrong(said) == ["iss", "aud", "exp", "jti", "handoff"]


@pytest.mark.parametrize("spell", [str, str.upper, lambda key: key.replace("-", "")])
def test_sub_is_the_id_of_the_handoff_however_spelled(spell: Any) -> None:
    said = claims(AT)
    found = read({**said, "sub": spell(said["handoff"]["handoff_id"])})
    assert found.handoff.handoff_id == said["handoff"]["handoff_id"]


def test_a_sub_for_a_handoff_without_an_id_names_nothing() -> None:
    said = claims(AT, sub="6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11")
    del said["handoff"]["handoff_id"]
    assert wrong(said) == ["sub"]


def test_claims_that_are_none_of_ours_are_let_be() -> None:
    assert read(
        claims(AT, acr="http://idmanagement.gov/ns/assurance/loa/3", auth_time=NOW)
    ).handoff.handoff_id


def test_what_is_wrong_in_the_handoff_is_told_as_ever() -> None:
    said = claims(AT)
    said["handoff"]["sceen"] = "canary"
    error = refusal(said)
    assert (error.code, [problem.path for problem in error.problems]) == ("INVALID", ["sceen"])
    assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('{"iss": "a", "iss": "b"}', "INVALID_JSON"),
        ('{"exp": NaN}', "INVALID_JSON"),
        ("[" * 100_000, "INVALID_JSON"),
        ('{"exp": ' + "9" * 5000 + "}", "INVALID_JSON"),
        ('{"jti": "\udcff"}', "INVALID_JSON"),
        ("canary", "INVALID_JSON"),
        ("[]", "INVALID"),
        ('{"handoff": "' + "x" * MOST_BYTES + '"}', "TOO_LARGE"),
    ],
)
def test_signed_json_is_held_to_the_same_rules(written: str, code: str) -> None:
    assert refusal(written).code == code
    assert "canary" not in str(refusal(written))
