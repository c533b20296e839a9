"""`notices`: who is told what of resolved tickets, approved by a person; attempts, and mails for export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from sf_handoff.calls.reason import unfit
from sf_handoff.commands.noticed import (
    by_account,
    false_hope,
    find,
    find_mass,
    in_words,
    line,
    mass_line,
    mass_page,
    mass_record,
    page,
    record_of,
    tell_decided,
    tell_written,
    texts,
)
from sf_handoff.commands.shown import moment_option, opened_store
from sf_handoff.commands.talk import DONE, data, json_option, on_terminal, option, say, worst
from sf_handoff.reports.notices.values import Means, NoticeState, Reached

if TYPE_CHECKING:
    from sf_handoff.reports.notices.kept import KeptMass, KeptNotice
    from sf_handoff.reports.notices.notice_map import NoticeMap
    from sf_handoff.telling import Telling

EASTERN = ZoneInfo("America/New_York")
later_option = option("--later", is_flag=True, help="Leave it to the next night to write it to Salesforce.")


@click.group()
def notices() -> None:
    """Tell customers what came of their report: see drafts, approve them, record attempts, export mails.

    Nothing is sent to anybody by these commands.
    """


@notices.command("list")
@option("--ticket", type=int, help="Only of this ticket, by its number.")
@option("--state", "states", type=click.Choice([each.value for each in NoticeState]), multiple=True,
        help="Only these states.")  # fmt: skip
@json_option
def list_notices(ticket: int | None, states: tuple[str, ...], json: bool) -> None:
    """List who is told of what, and how far that is. Needs no sign-in to Salesforce."""
    with opened_store() as store:
        found = store.notices(ticket=ticket, states=tuple(map(NoticeState, states)))
        masses = [each for each in store.masses() if ticket in (None, each.draft.ticket)]
    for each in found:
        data(record_of(each)) if json else click.echo(line(each))
    say(in_words(found))
    for mass in masses:
        say(mass_line(mass))


@notices.command()
@click.argument("notice_id")
@json_option
def show(notice_id: str, json: bool) -> None:
    """Show one notice, or draft to everybody: its whole text, how hard it is to read, what was tried, what
    comes next.

    The first 8 characters of its id are enough, where no other has the same.
    """
    maps = _maps()
    with opened_store() as store:
        mass = find_mass(store, notice_id)
        if mass:
            record, said = mass_record(mass), mass_page(mass)
        else:
            kept = find(store, notice_id)
            record, said = record_of(kept), page(kept, maps)
    data(record, pretty=True) if json else click.echo(said)


@notices.command()
@click.argument("notice_ids", nargs=-1)
@option("--ticket", type=int, help="All drafts of this ticket.")
@option("--decisions", type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="What a lead decided in the workbook's Notices sheet.")  # fmt: skip
@by_account
@option("--yes", is_flag=True, help="Do not ask.")
@later_option
@click.pass_context
def approve(
    context: click.Context,
    notice_ids: tuple[str, ...],
    ticket: int | None,
    decisions: Path | None,
    account: str,
    yes: bool,
    later: bool,
) -> None:
    """Approve what is to be told, and write it to the Cases and to Tasks for the agents.

    Shows the texts and asks; in a pipe --yes is needed. What was approved is what is sent.
    """
    if sum((bool(notice_ids), ticket is not None, decisions is not None)) != 1:
        raise click.UsageError("Give ids, or --ticket, or --decisions.")
    with opened() as telling, opened_store() as store:
        if decisions:
            code = tell_decided(*_take_over(telling, decisions, account))
        else:
            masses = {each: mass for each in notice_ids if (mass := find_mass(store, each))}
            drafts = [find(store, each) for each in notice_ids if each not in masses]
            wanted = drafts or ([] if masses else _drafts(store, ticket))
            code = _approve(telling, wanted, list(masses.values()), account, yes=yes)
        written = DONE if later else tell_written(telling.write())
    context.exit(worst([code, written]))


@notices.command()
@click.argument("notice_ids", nargs=-1, required=True)
@option("--why", required=True, metavar="TEXT", help="The reason, in clear: name no person or number.")
@by_account
@later_option
@click.pass_context
def withdraw(
    context: click.Context, notice_ids: tuple[str, ...], why: str, account: str, later: bool
) -> None:
    """Decide that these customers are not told; they stay listed, with the reason. `hold` takes it back."""
    if problem := unfit(why):
        raise click.BadParameter(problem, param_hint="--why")
    with opened() as telling, opened_store() as store:
        ids = [find(store, each).notice_id for each in notice_ids]
        code = tell_decided(telling.leave_out(ids, why.strip(), account))
        written = DONE if later else tell_written(telling.write())
    context.exit(worst([code, written]))


@notices.command()
@click.argument("notice_ids", nargs=-1, required=True)
@later_option
@click.pass_context
def hold(context: click.Context, notice_ids: tuple[str, ...], later: bool) -> None:
    """Take back an approval, or a decision that somebody is not told: it is a draft again."""
    with opened() as telling, opened_store() as store:
        code = tell_decided(telling.hold([find(store, each).notice_id for each in notice_ids]))
        written = DONE if later else tell_written(telling.write())
    context.exit(worst([code, written]))


@notices.command()
@click.argument("notice_id")
@option("--outcome", type=click.Choice([each.value for each in Reached]), required=True,
        help="How it went.")  # fmt: skip
@option("--by", "means", type=click.Choice([each.value for each in Means]), required=True,
        help="How it was tried.")  # fmt: skip
@moment_option("--at", "When (ET); without it, now.", zone=EASTERN)
@option("--account", envvar="SF_HANDOFF_ACTOR", help="The id of the account of whoever tried.")
@json_option
def record(
    notice_id: str, outcome: str, means: str, at: datetime | None, account: str | None, json: bool
) -> None:
    """Note an attempt: two emails, then a call, and it is over. Needs no sign-in to Salesforce.

    The Case and its Task are brought up to date by the next night, or by `notices write`.
    """
    when = at or datetime.now(UTC).replace(microsecond=0)
    with opened() as telling, opened_store() as store:
        wanted = find(store, notice_id).notice_id
        kept = telling.record(wanted, Reached(outcome), Means(means), when, account)
    _tell(kept, json=json)
    if kept.notice.state is NoticeState.STILL_BROKEN and not kept.reopened:
        say("The next night opens its ticket and its Case again.")


@notices.command()
@click.argument("notice_id")
@click.argument("template")
@option("--set", "values", multiple=True, metavar="NAME=VALUE", help="What only you know, for a gap of it.")
@json_option
def choose(notice_id: str, template: str, values: tuple[str, ...], json: bool) -> None:
    """Choose another template for a notice; it is to be approved then. mappings/notices/ has them."""
    given = dict(each.partition("=")[::2] for each in values)
    with opened() as telling, opened_store() as store:
        kept = telling.choose(find(store, notice_id).notice_id, template, given)
    _tell(kept, json=json)


@notices.command()
@option("--again", is_flag=True, help="Also what Salesforce has refused before.")
@click.pass_context
def write(context: click.Context, again: bool) -> None:
    """Bring the Cases and the agents' Tasks up to date."""
    with opened() as telling:
        code = tell_written(telling.write(again=again))
    context.exit(code)


@notices.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@option("--format", "file_format", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@option("--encrypt", "certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Encrypt it for whoever has the key of this certificate (PEM, RSA).")  # fmt: skip
@option("--again", is_flag=True, help="What was exported before, and nothing else.")
def export(out: Path, file_format: str, certificate: Path | None, again: bool) -> None:
    """Write the approved mails to OUT, a new file, for a mail system; each once, until its attempt is
    recorded.

    There is no address in it: the mail system finds the customer by the Case. What --encrypt wrote, OpenSSL
    opens: openssl cms -decrypt -inform DER -in OUT -inkey KEY.
    """
    from sf_handoff.adapters.notice_mails import read_certificate, write_mails

    if out.exists():
        raise click.UsageError("OUT exists; mails that were exported are not replaced.")
    recipient = read_certificate(certificate, datetime.now(UTC)) if certificate else None
    with opened() as telling:
        mails = telling.mails(again=again)
        if mails:
            write_mails(out, mails, file_format, lambda: telling.exported(mails), recipient)
    if mails:
        click.echo(str(out))
        say(f"{_mails(len(mails))} exported. Record what became of each: sf-handoff notices record")
    else:
        say("There is no mail to be exported." if again else "There is no new mail. See also: --again")


# Inside


def opened() -> Any:
    """A Telling; nobody signs in before it must."""
    from sf_handoff.adapters import opening
    from sf_handoff.adapters.settings import read_settings

    return opening.open_telling(read_settings())


def _maps() -> NoticeMap | None:
    from sf_handoff.adapters.settings import read_settings
    from sf_handoff.mapping import load

    return load(read_settings().mappings).notices


def _drafts(store: Any, ticket: int | None) -> list[KeptNotice]:
    found: list[KeptNotice] = store.notices(ticket=ticket, states=(NoticeState.DRAFT,))
    return found


def _approve(
    telling: Telling, drafts: Sequence[KeptNotice], masses: Sequence[KeptMass], account: str, *, yes: bool
) -> int:
    """Only what was shown is approved, so the digests are of what stands on the screen."""
    if not drafts and not masses:
        say("There is no draft to be approved.")
        return DONE
    if not yes and not on_terminal():
        raise click.UsageError("Nobody is there to be asked: look at them with `notices show`, give --yes.")
    if not yes:
        for text in (*texts(drafts), *map(mass_page, masses)):
            say(text)
    for warning in sorted(_false_hopes(drafts)):
        say(warning)
    if not yes:
        click.confirm(f"Approve {_notices(len(drafts) + len(masses))}?", err=True, abort=True)
    for mass in masses:
        telling.approve_mass(mass.draft.mass_id, mass.draft.digest, account)
    if not drafts:
        return DONE
    return tell_decided(telling.approve({each.notice_id: each.notice.digest for each in drafts}, account))


def _false_hopes(drafts: Sequence[KeptNotice]) -> set[str]:
    """What whoever approves them should look at, each once a ticket."""
    maps = _maps()
    found = ((each.notice.ticket, false_hope(each, maps)) for each in drafts)
    return {f"Ticket {ticket}: {warning}" for ticket, warning in found if warning}


def _take_over(telling: Telling, path: Path, account: str) -> tuple[Any, ...]:
    from sf_handoff.adapters.report_files.decisions import read_notice_decisions
    from sf_handoff.reports.decisions import NoticeDecision

    decided = read_notice_decisions(path)
    of = {each: [k for k, d in decided.items() if d.decision is each] for each in NoticeDecision}
    done = [telling.approve({key: decided[key].digest for key in of[NoticeDecision.APPROVE]}, account)]
    done.append(telling.hold(of[NoticeDecision.HOLD]))
    for key in of[NoticeDecision.NO_OUTREACH]:
        why = decided[key].reason
        done.append(telling.leave_out([key], "" if unfit(why) else why, account))
    return tuple(done)


def _tell(kept: KeptNotice, *, json: bool) -> None:
    if json:
        data(record_of(kept), pretty=True)
    else:
        click.echo(line(kept))


def _mails(number: int) -> str:
    return "1 mail was" if number == 1 else f"{number} mails were"


def _notices(number: int) -> str:
    return "this notice" if number == 1 else f"these {number} notices"
