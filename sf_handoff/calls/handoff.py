"""The payload `handoff/1`: what the app knows at the tap, checked once and reduced to what may travel.

Unknown keys are refused, so that a typo does not lose context in silence. `claim` and `appeal` are taken
as received from VA's services and reduced while they are read. What is wrong is told by path and by what is
expected there, never by value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from sf_handoff.calls.appeals import Appeal, read_appeal
from sf_handoff.calls.claims import Claim, read_claim
from sf_handoff.calls.payload import Path, compact, invalid, shown, tree
from sf_handoff.calls.vocabulary import OVERRIDES, SPACING, UNFIT, Frozen, moment
from sf_handoff.errors import InvalidHandoff, Problem

MOST_ENTRIES = 50
MOST_PROBLEMS = 25
_KEPT = object()

_ICN = re.compile(r"([0-9]{10}V[0-9]{6})(\^NI\^200M\^USVHA\^P)?")
_UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SCREEN = re.compile(r"[A-Za-z0-9_./ -]+")


def _expected(words: str) -> PydanticCustomError:
    return PydanticCustomError("expected", "{words}", {"words": words})


def _text(most: int, *, prose: bool = False) -> BeforeValidator:
    """Text of at most `most` characters, trimmed; blank is None. Only prose keeps its line ends."""

    def clean(value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise _expected("expected text")
        if UNFIT.search(value):
            raise _expected("expected text without control characters or lone surrogates")
        tidy = OVERRIDES.sub("", value)
        tidy = (tidy.replace("\r\n", "\n").replace("\r", "\n") if prose else SPACING.sub(" ", tidy)).strip()
        if len(tidy) > most:
            raise _expected(f"expected at most {most} characters")
        return tidy or None

    return BeforeValidator(clean)


def _screen(value: str) -> str:
    if not _SCREEN.fullmatch(value):
        raise _expected("expected letters, digits, spaces and _ - . / only")
    return value


def _icn(value: str | None) -> str | None:
    """VA's own services trim and upper-case an ICN too; the fully qualified form names the same person."""
    if value is None:
        return None
    found = _ICN.fullmatch(value.upper())
    if not found:
        raise _expected("expected an ICN: ten digits, the letter V, six digits")
    return found[1]


def _uuid(value: object) -> str | None:
    if value is None:
        return None
    text = str(value).strip().lower() if isinstance(value, str | UUID) else ""
    if not _UUID.fullmatch(text):
        raise _expected("expected a UUID")
    return str(UUID(text))


def _moment(value: object) -> datetime | None:
    found = moment(value)
    if value is not None and found is None:
        raise _expected("expected a date and time with its time zone, such as 2026-11-20T15:04:05Z")
    return found


def _reduced_by(read: Callable[[object], Claim | Appeal]) -> BeforeValidator:
    """Reads VA's body as received. One that was read already is let through."""

    def reduce(value: object, info: ValidationInfo) -> object:
        if value is None or isinstance(value, Frozen) or info.context is _KEPT:
            return value
        try:
            found = read(value)
        except InvalidHandoff as error:
            words = error.problems[0].expected
        else:
            return found
        raise _expected(words)

    return BeforeValidator(reduce)


def _few(value: object) -> object:
    """Counted before the entries are read, so that a list of thousands costs nothing."""
    if isinstance(value, list | tuple) and len(value) > MOST_ENTRIES:
        raise _expected(f"expected at most {MOST_ENTRIES} entries")
    return () if value is None else value


_NullIsFalse = BeforeValidator(lambda value: False if value is None else value)

Flag: TypeAlias = Annotated[bool, Field(strict=True)]
Level: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=3)]
Moment: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_moment)]
Line40: TypeAlias = Annotated[str | None, _text(40)]
Line80: TypeAlias = Annotated[str | None, _text(80)]
Key: TypeAlias = Annotated[str | None, BeforeValidator(_uuid)]


class Veteran(Frozen):
    """Who tapped, as far as the app knows. `phone` stays as given; numbers are read elsewhere."""

    icn: Annotated[str | None, _text(40), AfterValidator(_icn)] = Field(default=None, repr=False)
    user_account_uuid: Key = Field(default=None, repr=False)
    first_name: Line80 = Field(default=None, repr=False)
    last_name: Line80 = Field(default=None, repr=False)
    phone: Line40 = Field(default=None, repr=False)


class SignIn(Frozen):
    """How the app knows it. `loa` is VA's level of assurance; only 3 counts as identified."""

    provider: Line40 = None
    loa: Level
    ial: Level | None = None
    aal: Level | None = None
    at: Moment | None = None


class App(Frozen):
    name: Line80 = None
    version: Line80 = None
    build: Line80 = None
    os: Line80 = None
    device: Line80 = None
    screen_reader: Flag | None = None
    language: Annotated[str | None, _text(35)] = None


class RecentEvent(Frozen):
    at: Moment | None = None
    screen: Line80 = None
    event: Line80 = None


class ErrorSeen(Frozen):
    """An error as the Veteran saw it."""

    at: Moment | None = None
    service: Line80 = None
    code: Line80 = None
    text: Annotated[str | None, _text(500, prose=True)] = Field(default=None, repr=False)


class Consent(Frozen):
    given: Flag
    at: Moment | None = None


class Handoff(Frozen, populate_by_name=True):
    """One tap on a phone number in the app. Made by `parse`; `canonical` is what is kept of it."""

    schema_: Literal["handoff/1"] = Field(alias="schema")
    handoff_id: Key = None
    occurred_at: Moment
    observed_at: Moment | None = None
    veteran: Veteran | None = None
    sign_in: SignIn
    app: App | None = None
    screen: Annotated[str, _text(80), AfterValidator(_screen)]
    dialed: Annotated[str, _text(40)]
    tty: Annotated[Flag, _NullIsFalse] = False
    claim: Annotated[Claim | None, _reduced_by(read_claim)] = None
    appeal: Annotated[Appeal | None, _reduced_by(read_appeal)] = None
    recent: Annotated[tuple[RecentEvent, ...], BeforeValidator(_few)] = ()
    errors: Annotated[tuple[ErrorSeen, ...], BeforeValidator(_few)] = ()
    consent: Consent | None = None

    @classmethod
    def parse(cls, payload: Handoff | Mapping[str, Any] | str | bytes) -> Handoff:
        """The handoff in `payload`, or InvalidHandoff with all that is wrong; no other error escapes."""
        return payload if isinstance(payload, Handoff) else cls._checked(tree(payload))

    @classmethod
    def from_kept(cls, data: bytes) -> Handoff:
        """What `canonical` kept, exactly."""
        return cls._checked(tree(data), context=_KEPT)

    @classmethod
    def _checked(cls, values: dict[str, Any], context: Any = None) -> Handoff:
        try:
            handoff = cls.model_validate(values, context=context)
        except ValidationError as error:
            refusal = invalid(_problems(error), of=error.error_count())
        else:
            return handoff
        raise refusal

    def canonical(self, *, without_id: bool = False) -> bytes:
        """The same bytes for the same handoff, however its payload was written.

        Defaults are left out, so a field that a later version adds does not change older digests.
        """
        exclude = {"handoff_id"} if without_id else None
        found = self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=exclude)
        return compact(found)

    @property
    def consented(self) -> bool:
        return self.consent is not None and self.consent.given

    @property
    def identified(self) -> bool:
        return self.sign_in.loa == 3

    @property
    def person_key(self) -> str | None:
        """What stands for the person in our own books."""
        person = self.veteran
        return (person.icn or person.user_account_uuid) if person else None

    @property
    def about(self) -> str:
        """What the tap is about: the claim, else the appeal, else the screen."""
        if self.claim and self.claim.id:
            return f"claim {self.claim.id}"
        if self.appeal and self.appeal.id:
            return f"appeal {self.appeal.id}"
        return f"screen {self.screen}"


# What is wrong, in our words

_PARTS: Mapping[int | str, type[Frozen]]
_PARTS = {"veteran": Veteran, "sign_in": SignIn, "app": App, "recent": RecentEvent, "errors": ErrorSeen}
_WORDS = {
    **dict.fromkeys(("missing", "string_type", "datetime_type"), "required"),
    **dict.fromkeys(
        ("int_type", "greater_than_equal", "less_than_equal"), "expected a whole number from 1 to 3"
    ),
    "literal_error": "expected 'handoff/1'",
    "bool_type": "expected true or false",
    "model_type": "expected an object",
    "tuple_type": "expected a list",
}


def _problems(error: ValidationError) -> list[Problem]:
    return [_problem(each) for each in error.errors(include_url=False, include_input=False)[:MOST_PROBLEMS]]


def _problem(error: ErrorDetails) -> Problem:
    path = error["loc"]
    if error["type"] == "extra_forbidden":
        return Problem(shown(path), _unknown_key(path))
    otherwise = _WORDS.get(error["type"], "expected something else")
    return Problem(shown(path), error.get("ctx", {}).get("words", otherwise))


def _unknown_key(path: Path) -> str:
    model = Handoff if len(path) == 1 else _PARTS.get(path[0], Consent)
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = get_close_matches(shown(path[-1:]), known, n=1)
    return f"unknown key; did you mean {near[0]!r}?" if near else "unknown key"
