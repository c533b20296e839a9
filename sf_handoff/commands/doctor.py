"""`doctor`: what is set up, what is missing, and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.commands.talk import DONE, LATER, PERSON, USAGE, data, json_option, say, worst
from sf_handoff.errors import HandoffError

if TYPE_CHECKING:
    from sf_handoff.adapters.seal import Seal
    from sf_handoff.adapters.settings import Settings
    from sf_handoff.checkup import Check
    from sf_handoff.mapping import MappingSet
    from sf_handoff.ports import StoreSeen
    from sf_handoff.reports.notices.notice_map import NoticeMap
    from sf_handoff.retry import Call

OUTCOMES = {DONE: "ok", PERSON: "look", USAGE: "stops", LATER: "away"}
IN_WORDS = {
    DONE: "All is well.",
    PERSON: "Somebody should look at what is missing; the connector works without.",
    USAGE: "The connector cannot work until what is missing is mended.",
    LATER: "Not everything could be asked. Try again later.",
}


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, json: bool) -> None:
    """Check settings, store, sign-in, fields, report and tracker: what is wrong, and how to mend it.

    Nothing is written anywhere. Exits with 1 where a person should look at something, with 2 where the
    connector cannot work, and with 75 where another side is away.
    """
    from sf_handoff.checkup import POLICY
    from sf_handoff.retry import Call

    account, made = Call(POLICY), []
    with ExitStack() as opened:
        for each in examined(opened, account):
            made.append(each)
            if not json:
                click.echo(line(each))
    code = worst(map(code_of, made))
    if json:
        data({"outcome": OUTCOMES[code], "api_calls": account.requests, "checks": list(map(record, made))},
             pretty=True)  # fmt: skip
    calls = "1 API call" if account.requests == 1 else f"{account.requests} API calls"
    say(f"{IN_WORDS[code]} {calls}, and nothing was written.")
    context.exit(code)


def examined(opened: ExitStack, account: Call) -> Iterator[Check]:
    """Every check as it is made. Without readable settings there is nothing else to look at."""
    from sf_handoff.adapters.assembly import reached
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.checkup import asked, missing, of_store, ok
    from sf_handoff.mapping import load

    try:
        settings = read_settings()
        mappings = load(settings.mappings)
        there = reached(opened, settings, mappings)
    except HandoffError as error:
        yield missing("Settings", error.message)
        return
    yield ok("Settings", f"They can be read, and so can the maps in {settings.mappings}.")
    yield from asked("Store", lambda: of_store(look_at_store(settings)))
    yield from asked("Salesforce", lambda: of_org(opened, there, mappings, account))
    if settings.tracks:
        yield from asked("Tracker", lambda: of_tracker(opened, there, mappings))
    else:
        yield ok("Tracker", "TRACKER is not set: no tickets are filed from here.")
    if mappings.notices:
        yield from asked("Notices", partial(of_notices, mappings.notices))


def look_at_store(settings: Settings) -> StoreSeen:
    from sf_handoff.adapters.inspection import look

    return look(settings.store_url, _seal(settings))


def _seal(settings: Settings) -> Seal | None:
    """As it would be opened, but for making a key."""
    from sf_handoff.adapters.assembly import KEY_FILE, open_seal

    there = settings.encryption_keys.get_secret_value() or (settings.folder / KEY_FILE).exists()
    return open_seal(settings) if there else None


def of_org(opened: ExitStack, settings: Settings, mappings: MappingSet, account: Call) -> Iterator[Check]:
    import time

    from sf_handoff import checkup
    from sf_handoff.adapters.assembly import open_salesforce
    from sf_handoff.adapters.report_rows import RecordRows
    from sf_handoff.adapters.report_runs import ReportRuns

    salesforce = opened.enter_context(closing(open_salesforce(settings)))
    records, reports = RecordRows(salesforce, time.sleep), ReportRuns(salesforce, time.sleep)
    return checkup.of_org(records, reports, mappings, settings.report_id, account)


def of_tracker(opened: ExitStack, settings: Settings, mappings: MappingSet) -> Iterator[Check]:
    from sf_handoff import checkup
    from sf_handoff.adapters.assembly import open_tracker
    from sf_handoff.reports.label_check import missing

    tracker = opened.enter_context(closing(open_tracker(settings)))
    return checkup.of_tracker(tracker, partial(missing, mappings))


def of_notices(declared: NoticeMap) -> Iterator[Check]:
    from sf_handoff.checkup import ok
    from sf_handoff.reports.notices.rendering import check

    check(declared)
    yield ok("Notices", "Every template has what it needs.")


# What is told


def code_of(check: Check) -> int:
    from sf_handoff.checkup import State

    if check.state is State.OK:
        return DONE
    if check.state is State.UNASKED:
        return LATER
    return USAGE if check.stops else PERSON


def line(check: Check) -> str:
    """On a terminal a list to tick off, each with how to mend it below; in a pipe one line each."""
    from sf_handoff.checkup import State

    if not sys.stdout.isatty():
        return " ".join(filter(None, (f"{check.state}: {check.area}: {check.words}", check.mend)))
    mark = ("✓" if check.state is State.OK else "✗") if _shows("✓✗") else " "
    said = f"{check.state:13} {mark} {check.area}: {check.words}"
    return f"{said}\n{'':16}{check.mend}" if check.mend else said


def record(check: Check) -> dict[str, Any]:
    return {
        "area": check.area,
        "state": check.state.value,
        "words": check.words,
        "mend": check.mend or None,
        "stops": check.stops,
    }


def _shows(marks: str) -> bool:
    try:
        marks.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
