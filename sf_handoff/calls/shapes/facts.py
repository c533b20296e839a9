"""The pop as flat facts, by name: what flow variables and contact attributes are filled with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from sf_handoff.calls.handoff import App
from sf_handoff.calls.pop_document import PopClaim, PopContext, ScreenPop, SeenError
from sf_handoff.calls.shapes.headline import saw

Kind: TypeAlias = Literal["String", "Number", "Boolean", "Date", "DateTime"]


@dataclass(frozen=True)
class Fact:
    """One thing that a pop says. `kind` is Salesforce's name of the type; a list is a String to desktops."""

    kind: Kind
    read: Callable[[ScreenPop], object]


def _context(read: Callable[[PopContext], object]) -> Callable[[ScreenPop], object]:
    return lambda pop: read(pop.context) if pop.context else None


def _claim(read: Callable[[PopClaim], object]) -> Callable[[ScreenPop], object]:
    return _context(lambda context: read(context.claim) if context.claim else None)


def app_words(app: App) -> str | None:
    """`va-mobile-app 2.37.0 (build 238), iOS 17.5, iPhone 14`."""
    build = f"(build {app.build})" if app.build else None
    name = " ".join(filter(None, (app.name, app.version, build)))
    return ", ".join(filter(None, (name, app.os, app.device))) or None


def error_words(error: SeenError) -> str:
    """`appeals MOBL_502`; the text that the Veteran read stays on the page."""
    return " ".join(filter(None, (error.service, error.code))) or "error without a code"


FACTS: Mapping[str, Fact] = {
    "call_key": Fact("String", lambda pop: pop.call_key),
    "handoff_ref": Fact("String", lambda pop: pop.handoff_ref),
    "case_id": Fact("String", lambda pop: pop.case and pop.case.id),
    "case_number": Fact("String", lambda pop: pop.case and pop.case.number),
    "level": Fact("Number", lambda pop: pop.assurance.level),
    "assurance": Fact("String", lambda pop: pop.assurance.words),
    "identity": Fact("String", lambda pop: pop.assurance.identity),
    "provider": Fact("String", lambda pop: pop.assurance.provider),
    "auth_time": Fact("DateTime", lambda pop: pop.assurance.auth_time),
    "candidates": Fact("Number", lambda pop: pop.binding.candidates),
    "late": Fact("Boolean", lambda pop: pop.binding.late),
    "caller_name": Fact("String", lambda pop: pop.caller and pop.caller.display),
    "saw": Fact("String", saw),
    "opening_question": Fact("String", lambda pop: pop.opening_question),
    "screen": Fact("String", _context(lambda context: context.screen)),
    "claim_ref": Fact("String", _claim(lambda claim: claim.ref)),
    "claim_title": Fact("String", _claim(lambda claim: claim.title)),
    "phase": Fact("String", _claim(lambda claim: claim.phase)),
    "step": Fact("Number", _claim(lambda claim: claim.step)),
    "heading": Fact("String", _claim(lambda claim: claim.heading)),
    "data_as_of": Fact("Date", lambda pop: pop.freshness and pop.freshness.data_as_of),
    "observed_at": Fact("DateTime", lambda pop: pop.freshness and pop.freshness.observed_at),
    "queue": Fact("String", lambda pop: pop.routing and pop.routing.queue),
    "layers_skipped": Fact("Number", lambda pop: pop.routing and pop.routing.layers_skipped),
    "issued_at": Fact("DateTime", lambda pop: pop.issued_at),
    "expires_at": Fact("DateTime", lambda pop: pop.expires_at),
    "warnings": Fact("String", lambda pop: pop.warnings),
    "must_still_verify": Fact("String", lambda pop: pop.assurance.must_still_verify),
    "blocked_actions": Fact("String", lambda pop: pop.assurance.blocked_actions),
    "do_not_ask": Fact("String", lambda pop: pop.assurance.do_not_ask),
    "errors_seen": Fact("String", _context(lambda context: tuple(map(error_words, context.errors_seen)))),
    "partial_failures": Fact("String", _context(lambda context: context.partial_failures)),
    "accessibility": Fact("String", _context(lambda context: context.accessibility)),
    "language": Fact("String", _context(lambda context: context.language)),
    "app": Fact("String", _context(lambda context: app_words(context.app) if context.app else None)),
    "notes": Fact("String", lambda pop: pop.notes),
}  # fmt: skip


def facts(pop: ScreenPop) -> dict[str, object]:
    """What this pop says, by name; what it does not say is left out."""
    said = {name: fact.read(pop) for name, fact in FACTS.items()}
    return {name: value for name, value in said.items() if value not in (None, (), "")}


def written(value: object) -> str:
    """A fact as text: moments as RFC 3339, days as ISO, lists a line an entry, truth as JSON says it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return "\n".join(map(str, value)) if isinstance(value, tuple) else str(value)
