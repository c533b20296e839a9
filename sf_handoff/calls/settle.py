"""From the answers of Salesforce to what becomes of the handoff, in words for the staff's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sf_handoff.calls.composite import Answer, Knowledge, Refusal, Written
from sf_handoff.calls.states import Linked
from sf_handoff.calls.tap import Tap
from sf_handoff.redaction import mask
from sf_handoff.retry import Verdict

_AGAIN = frozenset({Verdict.TRANSIENT, Verdict.CONTENTION, Verdict.EXISTS, Verdict.UNSURE, Verdict.SIGN_IN})
_LINK = {Verdict.LINK_NONE: Linked.NONE, Verdict.LINK_SEVERAL: Linked.AMBIGUOUS}


@dataclass(frozen=True)
class Progress:
    """How far a handoff has come over the calls made for it so far."""

    tap: Tap
    case: Knowledge
    task: Knowledge
    case_id: str | None = None
    case_number: str | None = None
    task_id: str | None = None
    case_over: bool = False
    refusal: Refusal | None = None
    record: str = ""

    @property
    def delivered(self) -> bool:
        return self.case is Knowledge.DONE and self.task is Knowledge.DONE

    @property
    def looks_up(self) -> bool:
        """Whether the next call looks every record up before it writes."""
        return Knowledge.NEW not in (self.case, self.task)

    def unanswered(self) -> Progress:
        """After a call that may have been carried out: what it was to make may be there."""
        case, task = (Knowledge.UNSURE if each is Knowledge.NEW else each for each in (self.case, self.task))
        return replace(self, case=case, task=task)

    @property
    def next_call_helps(self) -> bool:
        """Whether another call at once can bring it further: another link, or a record that is there now."""
        if self.delivered or self.refusal is None:
            return False
        return self.refusal.verdict in _LINK or self.refusal.verdict is Verdict.EXISTS


def advance(progress: Progress, answer: Answer) -> Progress:
    """`progress` after one more answer: what was written is done, and the first refusal that counts."""
    case, task = answer.case, answer.task
    record, refused = _first_refusal(case, task)
    if refused is not None:
        refused = _judged_again(refused, progress, answer)
    linked = _LINK.get(refused.verdict) if refused else None
    return Progress(
        tap=progress.tap.unlinked(linked) if linked else progress.tap,
        case=_after(progress.case, case),
        task=_after(progress.task, task),
        case_id=(case.record_id if case else None) or progress.case_id,
        case_number=answer.case_number or progress.case_number,
        task_id=(task.record_id if task else None) or progress.task_id,
        case_over=answer.case_over or progress.case_over,
        refusal=refused,
        record=record,
    )


def goes_on(refused: Refusal) -> bool:
    """Whether trying again later may help."""
    return refused.verdict in _AGAIN or refused.verdict is Verdict.CAPACITY


def words(record: str, refused: Refusal, personal: Iterable[str]) -> str:
    """Why it was not written and what to do, for the person who reads the staff's list."""
    fields = f" (field {', '.join(refused.fields)})" if refused.fields else ""
    said = mask(refused.text, personal).strip()
    return f"Salesforce refused the {record}: {refused.code}{fields}. {_ADVICE[refused.verdict]}" + (
        f" It said: {said}" if said else ""
    )


_ADVICE = {
    Verdict.TRANSIENT: "It will be sent again.",
    Verdict.CONTENTION: "The record was locked; it will be sent again.",
    Verdict.EXISTS: "Another writer was first; it will be sent again.",
    Verdict.UNSURE: "It may have been written; it will be looked up and sent again.",
    Verdict.SIGN_IN: "The session had ended; it will be sent again.",
    Verdict.CAPACITY: "The allowance of API calls is used up; it will be sent again.",
    Verdict.SETUP: "Mend the org's set-up or the map; it will be sent again.",
    Verdict.REFUSED: "Mend the record's cause in the org or the map, then send it again.",
    Verdict.LINK_NONE: "The person's record is missing.",
    Verdict.LINK_SEVERAL: "Several records stand for the person.",
    Verdict.SIBLING: "It depends on a part that failed.",
}


def _after(before: Knowledge, written: Written | None) -> Knowledge:
    if written is None:
        return before
    if written.refusal is None:
        return Knowledge.DONE
    return Knowledge.UNSURE if written.refusal.verdict in (Verdict.EXISTS, Verdict.UNSURE) else before


def _first_refusal(case: Written | None, task: Written | None) -> tuple[str, Refusal | None]:
    """The refusal that explains the others: a part halted by its sibling says nothing by itself."""
    refused: list[tuple[str, Refusal | None]] = [
        (name, part.refusal) for name, part in (("Case", case), ("Task", task)) if part and part.refusal
    ]
    telling = [each for each in refused if each[1] and each[1].verdict is not Verdict.SIBLING]
    return (telling or refused or [("", None)])[0]


def _judged_again(refused: Refusal, progress: Progress, answer: Answer) -> Refusal:
    """A refusal in the light of the rest of the answer.

    A part that halted because a queue or record type was not found is a matter of set-up. A duplicate
    that stays one after the record was looked up by our key is of another unique field: refused.
    """
    missing = [
        key.removeprefix("name_").replace("_", " ", 1) for key, found in answer.names.items() if not found
    ]
    if refused.verdict is Verdict.SIBLING and missing:
        text = f"there is no {' and no '.join(missing)} in the org (see mappings/ramps.py)"
        return Refusal(Verdict.SETUP, "NAME_NOT_FOUND", text, ())
    looked_up = Knowledge.UNSURE in (progress.case, progress.task)
    if refused.verdict is Verdict.EXISTS and looked_up:
        return Refusal(Verdict.REFUSED, refused.code, refused.text, refused.fields)
    return refused
