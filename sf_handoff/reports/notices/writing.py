"""What is written of notices: to the Case by its Id, and an agents' Task under the notice's id.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from sf_handoff.calls.batch import PARTS, RECORDS, Draft, chunks
from sf_handoff.calls.changes import blank
from sf_handoff.calls.composite import NO_ASSIGNMENT, CompositeRequest, Part, Refusal, Subrequest, refusal
from sf_handoff.mapping import Body, Json
from sf_handoff.reports.notices.answer_map import Answer, AnswerMaps, TaskStatus
from sf_handoff.reports.notices.kept import KeptNotice
from sf_handoff.reports.notices.notice_map import NoticeMap
from sf_handoff.reports.notices.task_text import task_text
from sf_handoff.reports.notices.values import CustomerText, NoticeState, Resolution
from sf_handoff.retry import Verdict

AT_ONCE = RECORDS * PARTS
_NEVER = datetime.min.replace(tzinfo=UTC)


def answer(kept: KeptNotice, maps: AnswerMaps, notices: NoticeMap) -> Answer:
    """What the maps write of it. Once the text was purged, the Task keeps what it says."""
    wants_open = kept.notice.state is NoticeState.APPROVED
    changes = kept.task_id is None or wants_open is not kept.task_open
    status = (TaskStatus.OPEN if wants_open else TaskStatus.OVER) if changes else None
    return Answer(
        notice=kept.notice,
        text=None if kept.purged else _text(kept, notices),
        queue=maps.queues.get(kept.notice.route),
        approved_at=kept.approved_at,
        settled_at=kept.settled_at,
        task=status,
    )


def case_draft(kept: KeptNotice, said: Answer, maps: AnswerMaps) -> Draft:
    """The Case's fields: all of them, since nobody else writes them."""
    values: dict[str, Json] = {}
    notes: list[str] = []
    for each in maps.case:
        found = each.value(said)
        values[each.api_name] = blank(each) if found in (None, "") else each.to_json(found, notes.append)
    return Draft(kept.notice_id, Body(values, (), tuple(notes)), "", kept.notice.case_id)


def task_draft(kept: KeptNotice, said: Answer, maps: AnswerMaps) -> Draft:
    """The Task to be made, or what is new in it."""
    body = maps.task.body(said, creating=kept.task_id is None)
    return Draft(kept.notice_id, body, "", kept.task_id)


def apart(todo: Sequence[KeptNotice]) -> Iterator[list[KeptNotice]]:
    """What goes together: a collection with the same Case in it twice would be refused."""
    while todo:
        firsts: dict[str, KeptNotice] = {}
        later = [each for each in todo if firsts.setdefault(each.notice.case_id, each) is not each]
        yield from chunks(list(firsts.values()), AT_ONCE)
        todo = later


def reopenings(todo: Sequence[tuple[KeptNotice, Answer]], case: str, maps: AnswerMaps) -> CompositeRequest:
    """The call that opens at most five Cases again, those of them that are closed at that moment."""
    parts: list[Subrequest] = []
    for number, (kept, said) in enumerate(todo):
        where = f"Id = '{kept.notice.case_id}' AND IsClosed = true"
        soql = quote(f"SELECT Id FROM {case} WHERE {where}", safe="")  # noqa: S608
        path = f"sobjects/{case}/@{{closed_{number}.records[0].Id}}"
        values = {each.api_name: each.to_json(each.value(said), _quiet) for each in maps.reopened}
        parts.append(Subrequest(f"closed_{number}", "GET", f"query?q={soql}"))
        parts.append(Subrequest(f"case_{number}", "PATCH", path, values, NO_ASSIGNMENT))
    return CompositeRequest(tuple(parts))


def reopened(parts: Sequence[Part]) -> list[Refusal | None]:
    """What became of each. One that was halted had nothing to open."""
    found = list[Refusal | None]()
    for asked, wrote in zip(parts[::2], parts[1::2], strict=True):
        refused = None if wrote.ok else refusal(wrote)
        halted = asked.ok and refused is not None and refused.verdict is Verdict.SIBLING
        found.append(None if halted else refused if asked.ok else refusal(asked))
    return found


def _text(kept: KeptNotice, notices: NoticeMap) -> str:
    """The Task tells of the outcome, and of the ticket's number; the words to customers are the notice's."""
    notice = kept.notice
    nothing = CustomerText("", "", kept.approved_at or _NEVER)
    return task_text(notice, Resolution(notice.outcome, nothing, notice.ticket), kept.waiting, notices)


def _quiet(note: str) -> None:
    """A status fits its field, or the map is refused."""
