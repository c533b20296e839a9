"""What a call needs care with, in the words that the agent reads; the most urgent first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from sf_handoff.calls.appeals import Appeal
from sf_handoff.calls.binding import Binding
from sf_handoff.calls.claims import Claim
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.numbers import CallerNumber
from sf_handoff.calls.pop_words import PopWords

MOST_NAMED = 3  # a warning that lists more services than this is not read


def warnings_for(binding: Binding, shown: Handoff | None, words: PopWords) -> tuple[str, ...]:
    """The warnings of this call. Of a handoff that may not be shown nothing is said."""
    about = tuple(_about_handoff(shown, words)) if shown else ()
    return (*about, *_about_match(binding))


def notes_for(shown: Handoff | None, words: PopWords) -> tuple[str, ...]:
    """Marks for those who look after the system."""
    return tuple(_notes(shown, words)) if shown else ()


def _notes(shown: Handoff, words: PopWords) -> Iterator[str]:
    if _unseen(shown, words):
        yield "visibility mismatch: the app showed no claim, or one without an id"
    missing = [name for name in ("observed_at", "app") if getattr(shown, name) is None]
    if missing:
        yield f"not sent by this version of the app: {', '.join(missing)}"


def partial_failures(handoff: Handoff) -> tuple[str, ...]:
    """The services that had not answered when the app showed its data."""
    from_claim = handoff.claim.partial_failures if handoff.claim else ()
    return tuple(dict.fromkeys((*from_claim, *(error.service for error in handoff.errors if error.service))))


def suggests_crisis(handoff: Handoff, words: Collection[str]) -> bool:
    """Whether what the app showed, or where the Veteran had been in it, holds one of `words`."""
    said = [error.text for error in handoff.errors]
    said += [text for event in handoff.recent for text in (event.screen, event.event)]
    sought = re.compile("|".join(rf"\b{re.escape(_plain(word))}\b" for word in words) or "(?!)")
    return any(sought.search(_plain(text)) for text in said if text)


def _plain(text: str) -> str:
    """Lower case, one space between words; VeteransCrisisLine reads as three words."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text))
    return " ".join(re.sub(r"[^\w']+", " ", apart.replace("\u2019", "'").replace("_", " ")).lower().split())


def _about_match(binding: Binding) -> Iterator[str]:
    if binding.handoff_id and not binding.opens:
        yield from _about_offer(binding)
    if binding.candidates > 1:
        yield (
            f"Multiple matches: {binding.candidates} people tapped to call from this number. "
            "Confirm who is calling; no record is shown."
        )
    if binding.caller.kind is not CallerNumber.GIVEN:
        yield "The caller's number is blocked or missing. Offer a callback before any change of record."


def _about_offer(binding: Binding) -> Iterator[str]:
    if binding.matched_by == "number_pool":
        yield "Possible match only: the number that was called waits for one tap, but anybody can reach it."
    elif binding.late and binding.matched_by == "caller_number":
        yield "Possible match only: someone with this number tapped earlier, and the time for it was over."
    elif binding.late:
        yield "Possible match only: the call came after the app's code had expired."


def _about_handoff(shown: Handoff, words: PopWords) -> Iterator[str]:
    if suggests_crisis(shown, words.crisis_words):
        yield words.crisis_warning
    if not shown.identified or not shown.veteran:
        yield "Unverified: the app did not prove who this is. Run the full identification protocol."
    if shown.appeal:
        yield from _about_appeal(shown.appeal)
    if shown.claim:
        yield from _about_claim(shown.claim)
    if _unseen(shown, words):
        yield (
            "The app showed no claim, or one without an id. VA may hold one that the app does not show: look "
            "it up before you say that there is none."
        )
    yield from _about_failures(shown)
    if shown.tty:
        yield "TTY or relay caller: the number is the relay's. Allow more time, and speak to the caller."


def _about_appeal(appeal: Appeal) -> Iterator[str]:
    if appeal.deceased:
        yield "The appellant is recorded as deceased. The caller may be a survivor: greet without a name."
    if appeal.status == "merged":
        yield "This appeal was merged with another. Look up that one before you explain it."
    if not appeal.known:
        yield _unknown_status(appeal.status_words)


def _about_claim(claim: Claim) -> Iterator[str]:
    if claim.moved_back:
        yield "The claim moved back a step; the Veteran may have seen it further along before."
    if claim.open is False and claim.decision_letter_sent is False:
        yield (
            "The claim is closed and no decision letter was sent. It may have been merged into another open "
            "claim: look for that one. The Veteran need not have done anything."
        )
    if claim.hidden:
        yield (
            "VA does not show this type of claim to Veterans: call it “your claim”, and do not name the type."
        )
    if claim.phase and not claim.phase.known:
        yield _unknown_status(claim.phase.heading)


def _unknown_status(shown: str) -> str:
    return f"The app showed a status that we do not know, {shown}. Look it up before you explain it."


def _about_failures(shown: Handoff) -> Iterator[str]:
    failed = partial_failures(shown)
    if failed:
        more = f" and {len(failed) - MOST_NAMED} more" if len(failed) > MOST_NAMED else ""
        yield (
            f"Not everything had loaded in the app ({', '.join(failed[:MOST_NAMED])}{more}). What the "
            "Veteran saw may have been incomplete."
        )
    elif shown.errors:
        yield "The app showed an error. What the Veteran saw may have been incomplete."


def _unseen(shown: Handoff, words: PopWords) -> bool:
    """An identified Veteran was shown no claim, or one that cannot be named to VA."""
    if not shown.identified or shown.appeal:
        return False
    return shown.claim.id is None if shown.claim else shown.screen in words.no_claim_screens
