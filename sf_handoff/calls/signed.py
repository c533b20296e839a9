"""Signed handoffs, and calls from inside the app: what the claims of a verified token must say.

Beyond what a JOSE library looks at, by RFC 8725 and its own good sense: one audience, a life of ten minutes
at most, times that are numbers, and a `jti` that is good once. https://www.rfc-editor.org/rfc/rfc8725
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeGuard
from uuid import UUID

from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.payload import invalid, tree
from sf_handoff.errors import InvalidHandoff, Problem

CLAIM = "handoff"
LIFE = 600
SKEW = 60
_UUID = re.compile(r"[0-9a-f]{32}")
_JTI = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True)
class TokenUse:
    """The one use of a token: its `jti` stands for these signed bytes, and for no others, until then."""

    jti: str = field(repr=False)
    signed: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class SignedHandoff:
    """The handoff of a token that may be trusted, and the use that is made of the token."""

    handoff: Handoff
    use: TokenUse


@dataclass(frozen=True)
class SignedCall:
    """What the token of a call from inside the app says: which handoff the call is about."""

    handoff_id: str
    jti: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class Parties:
    """Who signs for us, and under which name they know us."""

    issuer: str
    audience: str


def read_signed(claims: bytes, signed: str, parties: Parties, now: datetime) -> SignedHandoff:
    """The handoff in the claims of a token whose signature was found good.

    Raises InvalidHandoff: `BAD_TOKEN` for the claims, else as `Handoff.parse` does.
    """
    said = tree(claims)
    problems = [*_who(said, parties), *_when(said, now), *_what(said)]
    if not isinstance(said.get(CLAIM), Mapping):
        problems.append(Problem(CLAIM, "required: the payload, as an object"))
    if problems:
        raise bad_token(*problems)
    handoff = Handoff.parse(said[CLAIM])
    if "sub" in said and _bare(said["sub"]) != _bare(handoff.handoff_id):
        raise bad_token(Problem("sub", "expected the handoff_id of the handoff, or no sub"))
    return SignedHandoff(handoff, TokenUse(said["jti"], signed, _over(said)))


def read_signed_call(claims: bytes, parties: Parties, now: datetime) -> SignedCall:
    """The call in the claims of a token whose signature was found good.

    Raises InvalidHandoff (`BAD_TOKEN`).
    """
    said = tree(claims)
    problems = [*_who(said, parties), *_when(said, now), *_what(said)]
    handoff_id = _bare(said.get("sub"))
    if not isinstance(handoff_id, str) or not _UUID.fullmatch(handoff_id):
        problems.append(Problem("sub", "required: the handoff_id that the call is about"))
    if problems:
        raise bad_token(*problems)
    return SignedCall(str(UUID(str(handoff_id))), said["jti"], _over(said))


def _over(said: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(said["exp"] + SKEW, UTC)


def bad_token(*problems: Problem) -> InvalidHandoff:
    return invalid(list(problems), code="BAD_TOKEN")


def _who(claims: Mapping[str, object], parties: Parties) -> Iterator[Problem]:
    if claims.get("iss") != parties.issuer:
        yield Problem("iss", "expected the issuer that TOKEN_ISSUER names")
    if claims.get("aud") != parties.audience:
        yield Problem("aud", "expected the audience that TOKEN_AUDIENCE names, as text and alone")


def _when(claims: Mapping[str, object], now: datetime) -> Iterator[Problem]:
    iat, nbf, exp = (claims.get(name) for name in ("iat", "nbf", "exp"))
    if not (_is_moment(iat) and _is_moment(nbf) and _is_moment(exp)):
        moments = {"iat": iat, "nbf": nbf, "exp": exp}
        wrong = (name for name, value in moments.items() if not _is_moment(value))
        yield from (Problem(name, "required, as a number of seconds since 1970") for name in wrong)
        return
    seconds = now.timestamp()
    for name, value in (("iat", iat), ("nbf", nbf)):
        if value > seconds + SKEW:
            yield Problem(name, f"ahead of our clock by more than {SKEW} seconds")
    if exp + SKEW <= seconds:
        yield Problem("exp", "over; sign a new token")
    if not iat < exp <= iat + LIFE:
        yield Problem("exp", f"expected after iat, by at most {LIFE // 60} minutes")


def _what(claims: Mapping[str, object]) -> Iterator[Problem]:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        yield Problem("jti", "required: 1 to 128 plain characters, new for each token")


def _is_moment(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bare(key: object) -> object:
    """A UUID however it is spelled."""
    return key.strip().lower().replace("-", "") if isinstance(key, str) else key
