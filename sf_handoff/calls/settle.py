"""From the answers of Salesforce to what becomes of the handoff, in words for the staff's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sf_handoff.calls.composite import Answer, Part, Refusal, Todo, Written, refusals
from sf_handoff.calls.states import Linked
from sf_handoff.calls.tap import Tap
from sf_handoff.errors import Misconfigured
from sf_handoff.retry import Verdict

LINK = {Verdict.LINK_NONE: Linked.NONE, Verdict.LINK_SEVERAL: Linked.AMBIGUOUS}
_FINAL = frozenset({Verdict.REFUSED, Verdict.EXISTS})


@dataclass(frozen=True)
class Progress:
    """How far a handoff has come over the calls made for it so far.

    `refusal` is why it has not come further, and `record` what it was about.
    """

    tap: Tap
    case: Todo
    task: Todo
    case_id: str | None = None
    case_number: str | None = None
    task_id: str | None = None
    over: bool = False
    refusal: Refusal | None = None
    record: str = ""

    @property
    def delivered(self) -> bool:
        return self.case is Todo.DONE and self.task is Todo.DONE

    @property
    def next_call_helps(self) -> bool:
        """Whether another call at once brings it further: without the link, or on to a Case that is there."""
        if self.delivered:
            return False
        return self.refusal is None or self.refusal.verdict in LINK

    @property
    def locked(self) -> bool:
        """Whether another call a moment later may bring it further."""
        return self.refusal is not None and self.refusal.verdict is Verdict.CONTENTION


def advance(progress: Progress, answer: Answer, parts: Sequence[Part]) -> Progress:
    """`progress` after one more answer: what is written is done, and the refusal that explains the rest."""
    record, refused = _telling(parts, answer)
    there = progress.task is Todo.DONE or _there(answer.task)
    return replace(
        progress,
        tap=linked_otherwise(progress.tap, refused),
        case=Todo.DONE if answer.over and there else _case_after(progress, answer.case),
        task=_after(progress.task, answer.task),
        case_id=(answer.case.record_id if answer.case else None) or progress.case_id,
        case_number=answer.case_number or progress.case_number,
        task_id=(answer.task.record_id if answer.task else None) or progress.task_id,
        over=answer.over and not there,
        refusal=refused,
        record=record,
    )


def linked_otherwise(tap: Tap, refused: Refusal | None) -> Tap:
    """The tap without its person's link, where that is what was refused."""
    linked = LINK.get(refused.verdict) if refused else None
    return tap.unlinked(linked) if linked else tap


def misfit(progress: Progress) -> Misconfigured | None:
    """What in the answer says that no Case at all would be taken, whoever's it is."""
    refused = progress.refusal
    if refused is None or refused.verdict is not Verdict.SETUP or not progress.record.startswith("Case"):
        return None
    return Misconfigured(words(progress.record, refused), code="CONFIG", fields=refused.fields)


def is_final(refused: Refusal) -> bool:
    """Whether sending it again as it is would never help."""
    return refused.verdict in _FINAL


def words(record: str, refused: Refusal) -> str:
    """Why it was not written and what to do, for the person who reads the staff's list."""
    fields = f" (field {', '.join(refused.fields)})" if refused.fields else ""
    return f"Salesforce refused the {record}: {refused.code}{fields}. {_ADVICE[refused.verdict]}"


_ADVICE = {
    Verdict.TRANSIENT: "It will be sent again.",
    Verdict.CONTENTION: "The record was locked; it will be sent again.",
    Verdict.EXISTS: "Another record has a value that must be unique. Mend it in the org, then send it again.",
    Verdict.UNSURE: "It may have been written; it will be sent again, which doubles nothing.",
    Verdict.SIGN_IN: "The session had ended; it will be sent again.",
    Verdict.CAPACITY: "The allowance of API calls is used up; it will be sent again.",
    Verdict.SETUP: "Mend the org's set-up or the maps; it will be sent again.",
    Verdict.REFUSED: "Mend the cause in the org or the maps, then send it again.",
    Verdict.LINK_NONE: "The person's record is missing; it will be sent again.",
    Verdict.LINK_SEVERAL: "Several records stand for the person; it will be sent again.",
    Verdict.SIBLING: "It depends on a part that failed; it will be sent again.",
}


def _there(task: Written | None) -> bool:
    """Whether this tap's own Task is there: then it was delivered before, and opens no new episode."""
    return task is not None and task.refusal is None


def _after(before: Todo, written: Written | None) -> Todo:
    return Todo.DONE if written is not None and written.refusal is None else before


def _case_after(progress: Progress, written: Written | None) -> Todo:
    """A Case that was to be made for a later tap and was there is brought up to date by the next call."""
    after = _after(progress.case, written)
    first = progress.tap.case_key == progress.tap.handoff_id
    found = written is not None and written.refusal is None and not written.made
    return Todo.JOIN if found and progress.case is Todo.MAKE and not first else after


def _telling(parts: Sequence[Part], answer: Answer) -> tuple[str, Refusal | None]:
    """The refusal that explains the others, and its record.

    A part that halted because a queue or record type was not found is a matter of set-up.
    """
    found = refusals(parts)
    if not found:
        return "", None
    ref, refused = found[0]
    missing = [
        key.removeprefix("name_").replace("_", " ", 1) for key, got in answer.names.items() if got is None
    ]
    if refused.verdict is Verdict.SIBLING and missing:
        return f"Case: there is no {' and no '.join(missing)} in the org", Refusal(
            Verdict.SETUP, "NAME_NOT_FOUND", ()
        )
    return {"case": "Case", "task": "Task"}.get(ref.split("_")[0], "look-up"), refused
