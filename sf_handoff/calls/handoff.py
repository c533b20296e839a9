"""The payload `handoff/1`: what the app knows at the tap, checked once and reduced to what may travel.

Unknown keys are refused, so that a typo does not lose context in silence. `claim` and `appeal` are taken
as received from VA's services and reduced while they are read. What is wrong is told by path and by what is
expected there, never by value. JSON is held to RFC 8259: NaN, repeated keys and lone surrogates are refused.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from sf_handoff.calls.appeals import Appeal, read_appeal
from sf_handoff.calls.claims import Claim, read_claim
from sf_handoff.calls.vocabulary import OVERRIDES, SPACING, UNFIT, Frozen, moment
from sf_handoff.errors import InvalidHandoff, Problem

MOST_BYTES = 256 * 1024
MOST_LEVELS = 100
MOST_ENTRIES = 50
MOST_PROBLEMS = 25
_TOO_MANY_DIGITS = 10**20
_TOO_DEEP = f"expected at most {MOST_LEVELS} levels of nesting"
_KEPT = object()
_Path: TypeAlias = tuple[int | str, ...]

_ICN = re.compile(r"([0-9]{10}V[0-9]{6})(\^NI\^200M\^USVHA\^P)?")
_UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SCREEN = re.compile(r"[A-Za-z0-9_./ -]+")
_ODD = re.compile(r"[0-9]{4,}|[^A-Za-z0-9_.-]+")


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
        return payload if isinstance(payload, Handoff) else cls._checked(_tree(payload))

    @classmethod
    def from_kept(cls, data: bytes) -> Handoff:
        """What `canonical` kept, exactly."""
        return cls._checked(_tree(data), context=_KEPT)

    @classmethod
    def _checked(cls, tree: dict[str, Any], context: Any = None) -> Handoff:
        try:
            handoff = cls.model_validate(tree, context=context)
        except ValidationError as error:
            refusal = _invalid(_problems(error), of=error.error_count())
        else:
            return handoff
        raise refusal

    def canonical(self, *, without_id: bool = False) -> bytes:
        """The same bytes for the same handoff, however its payload was written.

        Defaults are left out, so a field that a later version adds does not change older digests.
        """
        exclude = {"handoff_id"} if without_id else None
        tree = self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=exclude)
        return _compact(tree)

    @property
    def consented(self) -> bool:
        return self.consent is not None and self.consent.given

    @property
    def identified(self) -> bool:
        return self.sign_in.loa == 3


# From payload to plain JSON values


def _tree(payload: object) -> dict[str, Any]:
    """The payload as plain values, with everything refused that RFC 8259 or our limits refuse."""
    value = _from_json(payload) if isinstance(payload, str | bytes) else payload
    try:
        tree = _Plain().copy(value)
    except InvalidHandoff:
        raise
    except Exception:  # a Mapping is anybody's class and may raise anything while it is read
        tree = None
    if not isinstance(tree, dict):
        raise _invalid([Problem("payload", "expected a JSON object")])
    if isinstance(payload, Mapping) and len(_compact(tree)) > MOST_BYTES:
        raise _too_large()
    return tree


def _from_json(payload: str | bytes) -> object:
    """The JSON value in `payload`, without a byte order mark. Positions are told, content is not."""
    if len(payload if isinstance(payload, bytes) else payload.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise _too_large()
    try:
        text = payload if isinstance(payload, str) else payload.decode("utf-8")
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_int=_whole)
    except UnicodeDecodeError as error:
        words = f"expected UTF-8; it breaks at byte {error.start + 1}"
    except json.JSONDecodeError as error:
        words = f"expected JSON; it breaks at line {error.lineno}, column {error.colno}"
    except RecursionError:
        words = _TOO_DEEP
    raise _not_json("payload", words)


@dataclass(frozen=True)
class _Repeated:
    """Stands for an object that holds `key` twice, until the walk knows its path."""

    key: str


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Repeated:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return _Repeated(Counter(key for key, _ in pairs).most_common(1)[0][0])


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= 20 else _TOO_MANY_DIGITS


def _compact(tree: object) -> bytes:
    """Lone surrogates pass here: the field they stand in refuses them, by its path."""
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


class _Plain:
    """Copies a value into plain JSON types, and stops once it is more than a payload may hold."""

    def __init__(self) -> None:
        self.room = MOST_BYTES

    def copy(self, value: object, path: _Path = ()) -> Any:
        self._take(1)
        if isinstance(value, str):
            self._take(len(value))
            return value
        if not isinstance(value, Mapping | list | tuple):
            return _scalar(value, path)
        if len(path) >= MOST_LEVELS:
            raise _not_json(_shown(path), _TOO_DEEP)
        if isinstance(value, Mapping):
            return {self._key(key, path): self.copy(each, (*path, key)) for key, each in value.items()}
        return [self.copy(each, (*path, index)) for index, each in enumerate(value)]

    def _key(self, key: object, path: _Path) -> str:
        if not isinstance(key, str) or UNFIT.search(key):
            raise _not_json(_shown(path), "expected an object whose keys are plain text")
        self._take(len(key))
        return key

    def _take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise _too_large()


def _scalar(value: object, path: _Path) -> str | int | float | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _TOO_MANY_DIGITS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, _Repeated):
        raise _not_json(_shown((*path, value.key)), "expected once; the key is repeated")
    number = isinstance(value, int | float)
    raise _not_json(_shown(path), "expected a number of at most 20 digits" if number else "expected JSON")


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
        return Problem(_shown(path), _unknown_key(path))
    otherwise = _WORDS.get(error["type"], "expected something else")
    return Problem(_shown(path), error.get("ctx", {}).get("words", otherwise))


def _unknown_key(path: _Path) -> str:
    model = Handoff if len(path) == 1 else _PARTS.get(path[0], Consent)
    known = [field.alias or name for name, field in model.model_fields.items()]
    near = get_close_matches(_shown(path[-1:]), known, n=1)
    return f"unknown key; did you mean {near[0]!r}?" if near else "unknown key"


def _shown(path: _Path) -> str:
    """A path as people write it. Keys come from outside: only what could be a key of ours is shown."""
    shown = ""
    for part in path[:8]:
        shown += f"[{part}]" if isinstance(part, int) else "." + _ODD.sub("?", part[:60])
    return shown.removeprefix(".") + ("…" if len(path) > 8 else "") or "payload"


def _not_json(path: str, words: str) -> InvalidHandoff:
    return _invalid([Problem(path, words)], code="INVALID_JSON")


def _too_large() -> InvalidHandoff:
    return _invalid([Problem("payload", f"expected at most {MOST_BYTES // 1024} KiB")], code="TOO_LARGE")


def _invalid(problems: list[Problem], *, of: int = 1, code: str = "INVALID") -> InvalidHandoff:
    more = f"; and {of - len(problems)} more" if of > len(problems) else ""
    return InvalidHandoff("; ".join(map(str, problems)) + more, code=code, problems=tuple(problems))
