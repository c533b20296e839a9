"""The pop as a page for the agent: who, what they saw, what to ask; then all the rest.

No script, no outside resource, nothing to click but the Case. Everything that came from outside is escaped,
and the policy in its head would stop what is not.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from sf_handoff.calls.pop_document import PopAppeal, PopCallback, PopClaim, PopContext, ScreenPop, SeenError
from sf_handoff.calls.shapes.facts import app_words, error_words
from sf_handoff.calls.shapes.headline import headline
from sf_handoff.calls.shapes.markup import Markup, breakable, items, pairs, tag
from sf_handoff.calls.shapes.style import CSS
from sf_handoff.worktime import day_words, moment_words

MOST_ERRORS = 5  # the rest is counted, so that the page stays one page
PROVIDERS = {"logingov": "Login.gov", "idme": "ID.me", "dslogon": "DS Logon", "mhv": "My HealtheVet"}
_NOT_SENT = "not sent by the app"
_STYLE_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def page(pop: ScreenPop) -> str:
    """The whole page. No person stands in its title, since browsers keep titles."""
    head = Markup(
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>Call from the VA mobile app: match level {pop.assurance.level} of 5</title>"
        f"<style>{CSS}</style>"
    )
    body = tag("body", _top(pop), tag("main", _glance(pop), _care(pop), _rest(pop)), _foot(pop))
    return f"<!doctype html>\n{tag('html', tag('head', head), body, lang='en')}\n"


def _top(pop: ScreenPop) -> Markup:
    waiting = "not written yet" if pop.context else "none"
    number = f"Case {pop.case.number or pop.case.id}" if pop.case else waiting
    return tag(
        "header",
        tag("h1", "Call from the VA mobile app"),
        tag("p", f"Match level {pop.assurance.level} of 5"),
        tag("p", "Reference: ", _case_link(pop, number)),
    )


def _case_link(pop: ScreenPop, number: str) -> Markup:
    url = pop.case.url if pop.case else None
    safe = url is not None and url.startswith("https://")
    return tag("a", number, href=url or "", rel="noreferrer") if safe else tag("b", number)


def _glance(pop: ScreenPop) -> Markup:
    first = headline(pop)
    rows = (
        ("WHO", tag("dd", tag("strong", first.who), first.sure)),
        ("SAW", tag("dd", tag("strong", first.saw), first.when)),
        ("ASK", tag("dd", first.ask, class_="ask")),
    )
    return tag("dl", *(tag("div", tag("dt", name), said) for name, said in rows), class_="glance")


def _care(pop: ScreenPop) -> Markup:
    if not pop.warnings:
        return Markup()
    return _section("Be careful", items(pop.warnings), class_="care")


def _rest(pop: ScreenPop) -> Markup:
    context = pop.context
    proved = "What was proved" if pop.assurance.level else "Nothing was proved"
    parts = [_section(proved, items(pop.assurance.reasons), pairs(_sign_in(pop))), _still_to_do(pop)]
    if context:
        parts.append(_section("What the app showed", pairs(_shown(pop, context))))
    parts.append(_section("The call", pairs(_call(pop))))
    if context:
        parts.append(_section("Errors the Veteran saw", *_errors(context)))
    return tag("div", *parts, class_="rest")


def _section(title: str, *inside: object, class_: str | None = None) -> Markup:
    key = title.lower().replace(" ", "-")
    more = {"class_": class_} if class_ else {}
    return tag("section", tag("h2", title, id=key), *inside, aria_labelledby=key, **more)


def _sign_in(pop: ScreenPop) -> Iterator[tuple[str, object]]:
    sure = pop.assurance
    identified = sure.identity == "verified_in_app"
    if pop.context:
        yield "App identity", "proved" if identified else "not proved"
        yield "Signed in with", PROVIDERS.get(sure.provider or "", sure.provider) or _NOT_SENT
        yield "Signed in at", moment_words(sure.auth_time) if sure.auth_time else _NOT_SENT
        yield "App session", f"IAL {sure.ial or 'not sent'}, AAL {sure.aal or 'not sent'}; not of this call"
    yield "Caller's number", sure.caller_number.value
    yield "Attestation", sure.attestation or "none by the carrier"
    yield "Number on file", pop.caller and pop.caller.phone


def _still_to_do(pop: ScreenPop) -> Markup:
    sure = pop.assurance
    spared = sure.do_not_ask or ("nothing: no policy spares a question",)
    return _section(
        "Still to verify",
        items(sure.must_still_verify),
        tag("h2", "Never on this page alone"),
        items(sure.blocked_actions),
        tag("h2", "Do not ask again"),
        items(spared),
    )


def _shown(pop: ScreenPop, context: PopContext) -> Iterator[tuple[str, object]]:
    yield "Screen", f"{context.reason} ({context.screen})"
    if context.claim:
        yield from _claim(context.claim)
    if context.appeal:
        yield from _appeal(context.appeal)
    yield "Seen in the app", _when(pop)
    yield "Agent's system", "may not be newer"
    yield "Language", context.language
    yield "Accessibility", ", ".join(context.accessibility)
    yield "App", (app_words(context.app) if context.app else None) or _NOT_SENT


def _when(pop: ScreenPop) -> str:
    seen = pop.freshness.observed_at if pop.freshness else None
    return moment_words(seen) if seen else _NOT_SENT


def _claim(claim: PopClaim) -> Iterator[tuple[str, object]]:
    yield "Claim", claim.title
    yield "Claim id", claim.ref or _NOT_SENT
    yield "Filed", claim.filed_on and day_words(claim.filed_on)
    yield "Heading they saw", claim.heading or _NOT_SENT
    yield "Step", claim.step and f"{claim.step} of {claim.steps}"
    yield "Phase code", claim.phase and breakable(claim.phase)
    yield "In your system", claim.agent_words
    yield "Status from", claim.changed_on and day_words(claim.changed_on)
    yield "Moved back", "yes" if claim.moved_back else None
    yield "Open requests", None if claim.open_requests is None else str(claim.open_requests)


def _appeal(appeal: PopAppeal) -> Iterator[tuple[str, object]]:
    yield "Appeal", appeal.kind
    yield "Appeal id", appeal.ref or _NOT_SENT
    yield "Appeal status", appeal.status_words
    yield "Status code", appeal.status and breakable(appeal.status)
    yield "Appeal filed", appeal.filed_on and day_words(appeal.filed_on)
    yield "Last change", appeal.changed_on and day_words(appeal.changed_on)


def _errors(context: PopContext) -> Iterator[Markup]:
    seen = context.errors_seen
    if context.partial_failures:
        yield tag("p", f"Did not load: {', '.join(context.partial_failures)}.")
    if not seen:
        yield tag("p", "None was sent.")
        return
    more = len(seen) - MOST_ERRORS
    yield items((*map(_error, seen[:MOST_ERRORS]), *((f"and {more} more",) if more > 0 else ())))


def _error(error: SeenError) -> str:
    when = moment_words(error.at) if error.at else None
    said = f"“{error.text}”" if error.text else None
    return ", ".join(filter(None, (said, error_words(error), when)))


def _call(pop: ScreenPop) -> Iterator[tuple[str, object]]:
    yield "Reference", pop.case and (pop.case.number or pop.case.id)
    if pop.routing:
        yield "Queue", f"{pop.routing.queue} ({pop.routing.rule})"
        yield "Line is open", {True: "yes", False: "no, closed now", None: None}[pop.routing.open_now]
    yield "Callback", _callback(pop.callback) if pop.callback else "none asked for"
    yield "Matched by", (pop.binding.matched_by or "nothing").replace("_", " ")
    yield "Call", pop.call_key
    yield "Shown at", moment_words(pop.issued_at)
    yield "Code good until", pop.expires_at and moment_words(pop.expires_at)
    yield "Notes", "; ".join(pop.notes)


def _callback(asked: PopCallback) -> str:
    window = f"{moment_words(asked.not_before)} to {moment_words(asked.not_after)}"
    return ", ".join(filter(None, (window, asked.number, f"tried {asked.attempts} times")))


def _foot(pop: ScreenPop) -> Markup:
    return tag(
        "footer", tag("p", "This page is not authentication. It holds personal data: do not leave it open.")
    )
