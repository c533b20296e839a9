"""The ladder: methods that are tried in order, and the answer that a call gets, and gets again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sf_handoff.calls.binding import UNDONE, Binding
from sf_handoff.calls.evidence import Asked, Finding, Lookups, Method
from sf_handoff.calls.methods import DialledCode, InAppCall, KnownCaller, PooledNumber

# What a deployment gets that declares no methods of its own.
LADDER: tuple[Method, ...] = (InAppCall(), DialledCode(), PooledNumber(), KnownCaller())
TRANSFERRED = "a transferred call: this is the answer that it had before"


def answer(asked: Asked, lookups: Lookups, methods: Sequence[Method]) -> Binding:
    """The verdict on a call. Once something has opened it stands; a transferred leg gets its parent's.

    Until then the call may bring more: digits that come after its first answer, or a token. An unknown
    parent is as none, and an answer falls with the handoff that it is about. What was undone stays undone.
    """
    earlier, call = lookups.earlier, asked.call
    if earlier and UNDONE in earlier.reasons:
        return earlier
    if earlier and (earlier.opens or TRANSFERRED in earlier.reasons) and _stands(earlier, lookups):
        return earlier
    if call.parent_call_key and call.parent_call_key != call.call_key:
        parent = lookups.answer_of(call.parent_call_key)
        if parent and _stands(parent, lookups):
            reasons = tuple(dict.fromkeys((*parent.reasons, TRANSFERRED)))
            return replace(parent, reasons=reasons)
    return climb(asked, lookups, methods)


def _stands(binding: Binding, lookups: Lookups) -> bool:
    return binding.handoff_id is None or lookups.candidate(binding.handoff_id) is not None


def climb(asked: Asked, lookups: Lookups, methods: Sequence[Method]) -> Binding:
    """What opens the call's handoff, else the first that offers one, else why nothing does."""
    tried = tuple(method.name for method in methods if method.given(asked))
    matched_by, found = _best(asked, lookups, methods)
    return Binding(
        level=found.level,
        reasons=found.reasons,
        tried=tried,
        caller=asked.caller,
        matched_by=matched_by,
        handoff_id=found.handoff_id,
        candidates=found.candidates,
        opens=found.opens,
        late=found.late,
    )


def _best(asked: Asked, lookups: Lookups, methods: Sequence[Method]) -> tuple[str | None, Finding]:
    """Reasons of methods that found nothing go before those of the one that did."""
    offered: tuple[str | None, Finding] | None = None
    nothing: tuple[str, ...] = ()
    several = 0
    for method in methods:
        found = method.find(asked, lookups)
        if found.handoff_id is None:
            nothing, several = (*nothing, *found.reasons), max(several, found.candidates)
            continue
        explained = method.name, replace(found, reasons=(*nothing, *found.reasons))
        if found.opens:
            return explained
        offered = offered or explained
    return offered or (None, Finding(nothing, candidates=several))
