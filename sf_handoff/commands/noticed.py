"""Notices as staff read them: a line, a page in words, a record; and what became of decisions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from sf_handoff.calls.why import explained
from sf_handoff.commands.talk import DONE, LATER, PERSON, option, say, worst
from sf_handoff.reports.notices.attempts import next_attempt
from sf_handoff.reports.notices.grade import reading
from sf_handoff.reports.notices.notice import published
from sf_handoff.reports.notices.rendering import said_of
from sf_handoff.reports.notices.values import Outcome

if TYPE_CHECKING:
    from sf_handoff.adapters.store import SqlStore
    from sf_handoff.reports.notices.kept import KeptMass, KeptNotice
    from sf_handoff.reports.notices.notice_map import NoticeMap
    from sf_handoff.telling import Decided, Wrote

_SHORTEST_PREFIX = 8
_MOST_NAMED = 10

by_account = option(
    "--by",
    "account",
    required=True,
    envvar="SF_HANDOFF_ACTOR",
    metavar="ACCOUNT",
    help="The id of the account of whoever decides.",
)


def find(store: SqlStore, typed: str) -> KeptNotice:
    """The notice with this id, or the only one whose id begins so."""
    wanted = typed.strip().lower()
    found = store.notices(ids=(wanted,))
    if not found and len(wanted) >= _SHORTEST_PREFIX:
        found = [each for each in store.notices() if each.notice_id.startswith(wanted)]
    if len(found) > 1:
        raise click.BadParameter(f"{len(found)} notices have an id that begins so. Type more of it.")
    if not found:
        raise click.BadParameter("there is no notice with this id. See: sf-handoff notices list")
    return found[0]


def find_mass(store: SqlStore, typed: str) -> KeptMass | None:
    """The draft to everybody with this id."""
    wanted = typed.strip().lower()
    long_enough = len(wanted) >= _SHORTEST_PREFIX
    return next(
        (each for each in store.masses() if long_enough and each.draft.mass_id.startswith(wanted)), None
    )


def mass_line(mass: KeptMass) -> str:
    draft = mass.draft
    said = "approved" if draft.approved else "a draft. See: sf-handoff notices show"
    return f"Ticket {draft.ticket}: to everybody, {said} {draft.mass_id[:_SHORTEST_PREFIX]}"


def mass_page(mass: KeptMass) -> str:
    """The banner and the mail, with the size of the audience."""
    draft = mass.draft
    parts = [mass_line(mass), draft.audience.words]
    for name, text in (("Banner", draft.banner), ("Mail", draft.mail)):
        parts.append(f"{name} ({text.reading}):\n\n{text.subject}\n\n{text.body}")
    return "\n\n".join(parts)


def mass_record(mass: KeptMass) -> dict[str, Any]:
    draft = mass.draft
    return {
        "mass_id": draft.mass_id,
        "ticket": draft.ticket,
        "people": draft.audience.people,
        "by_email": draft.audience.by_email,
        "approved": draft.approved,
        "banner": {"subject": draft.banner.subject, "body": draft.banner.body},
        "mail": {"subject": draft.mail.subject, "body": draft.mail.body},
    }


def record_of(kept: KeptNotice) -> dict[str, Any]:
    """A notice as it is published; nothing in it is personal."""
    return published(kept.notice)


def line(kept: KeptNotice) -> str:
    """`draft  1a2b3c4d  SF 00001001  ticket 12  contact center`"""
    notice = kept.notice
    parts = [
        f"{_said(notice.state):12}  {notice.notice_id[:_SHORTEST_PREFIX]}  SF {notice.case_number}",
        f"ticket {notice.ticket}",
        _said(notice.route),
        f"tried {len(notice.attempts)}x" if notice.attempts else "",
        notice.reason or "",
        f"not written to Salesforce: {kept.code}" if kept.code else "",
    ]
    return "  ".join(filter(None, parts))


def page(kept: KeptNotice, maps: NoticeMap | None) -> str:
    """The whole of it, for somebody who is to approve it."""
    notice = kept.notice
    following = next_attempt(notice.attempts, kept.waiting, maps.attempts) if maps else None
    told = {
        "Notice": notice.notice_id,
        "Case": notice.case_number,
        "Ticket": f"{notice.ticket} ({_said(notice.outcome)})",
        "State": _said(notice.state) + (f": {notice.reason}" if notice.reason else ""),
        "Who tells": _said(notice.route),
        "Template": notice.template + (" (chosen by staff)" if notice.chosen else ""),
        "To read": str(reading(notice.body)) if notice.body else "",
        "Look": false_hope(kept, maps),
        "Tried": "; ".join(f"{each.at:%Y-%m-%d %H:%M} UTC, {each.means}: {_said(each.outcome)}"
                           for each in notice.attempts),
        "Next": following.words if following and not notice.settled else "",
        "Approved": f"{kept.approved_at:%Y-%m-%d %H:%M} UTC, by {kept.approved_by}"
                    if kept.approved_at else "",
        "Salesforce": f"{kept.code}: {explained(kept.code)[0]}." if kept.code else "",
        "Text": "purged when its time was over" if kept.purged else "",
    }  # fmt: skip
    said = "\n".join(f"{name:10} {words}" for name, words in told.items() if words)
    return f"{said}\n\n{notice.subject}\n\n{notice.body}" if notice.body else said


def false_hope(kept: KeptNotice, maps: NoticeMap | None) -> str:
    """A warning where the words for customers say that it is fixed, and it is not."""
    if maps is None or kept.notice.outcome is Outcome.COMPLETED:
        return ""
    word = said_of(kept.notice.body, maps.fixed_words)
    return f'The text says "{word.lower()}", and it is not.' if word else ""


def texts(drafts: Sequence[KeptNotice]) -> Iterator[str]:
    """Each text once, with the cases that it goes to: but for their numbers many are the same."""
    same: dict[tuple[str, str], list[KeptNotice]] = defaultdict(list)
    for each in drafts:
        number = re.escape(each.notice.case_number)
        body = re.sub(rf"\b{number}\b", "[case number]", each.notice.body)
        same[each.notice.subject, body].append(each)
    for (subject, body), some in same.items():
        numbers = ", ".join(each.notice.case_number for each in some)
        yield f"To {numbers} ({reading(body)}):\n\n{subject}\n\n{body}\n"


def in_words(found: Sequence[KeptNotice]) -> str:
    counts = Counter(_said(each.notice.state) for each in found)
    return ", ".join(f"{number} {state}" for state, number in counts.items()) or "There is no notice."


def tell_decided(*all_decided: Decided) -> int:
    """What became of decisions; a refused one needs a person."""
    for decided in all_decided:
        for notice_id, error in list(decided.refused.items())[:_MOST_NAMED]:
            say(f"{notice_id[:_SHORTEST_PREFIX]}: {error.message}")
    done, refused = (sum(len(part) for part in parts) for parts in (
        [each.done for each in all_decided], [each.refused for each in all_decided]
    ))  # fmt: skip
    say(f"{done} decided" + (f", {refused} refused." if refused else "."))
    return PERSON if refused else DONE


def tell_written(wrote: Wrote) -> int:
    """What became of writing. What ended it early is to be tried again."""
    for notice_id, code in list(wrote.parked.items())[:_MOST_NAMED]:
        say(f"{notice_id[:_SHORTEST_PREFIX]}: Salesforce refused it ({code}): {explained(code)[0]}.")
    if wrote.stopped:
        say(f"Not all of it is written to Salesforce. {wrote.stopped.message}")
    calls = "1 API call" if wrote.api_calls == 1 else f"{wrote.api_calls} API calls"
    say(f"{len(wrote.done)} written to Salesforce, {len(wrote.parked)} refused; {calls}.")
    later = LATER if wrote.later or wrote.stopped else DONE
    return worst([later, PERSON if wrote.parked else DONE])


def _said(word: str) -> str:
    return word.replace("_", " ")
