"""The look-ups of the ladder in memory, one moment for all: what the store does, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sf_handoff.calls.binding import Binding, Candidate
from sf_handoff.calls.breakers import MOST_OF_ONE, TRIES, WINDOW, Misses
from sf_handoff.calls.evidence import KnownCode, RecentTap, Try
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.signed import SignedCall


class Memory:
    """What was kept, given out and answered; `call` gives what one call may look up."""

    def __init__(self) -> None:
        self.handoffs: dict[str, Candidate] = {}
        self.codes: dict[str, KnownCode] = {}
        self.taps: dict[str, tuple[RecentTap, ...]] = {}
        self.answers: dict[str, Binding] = {}
        self.tries: dict[str, list[str]] = {}
        self.begun: dict[str, datetime] = {}
        self.missed: Counter[tuple[str, int]] = Counter()
        self.noted: list[tuple[str, str | None, dict[str, object]]] = []

    def keep(self, handoff_id: str, handoff: Handoff) -> None:
        self.handoffs[handoff_id] = Candidate(handoff_id, handoff)

    def give_code(self, code: str, handoff_id: str, *, until: datetime) -> None:
        self.codes[code] = KnownCode(handoff_id, until, None)

    def tapped(self, number: str, *by: tuple[str, str], until: datetime) -> None:
        """Taps by people with this number: a handoff's id and a person each."""
        taps = (RecentTap(self.handoffs[handoff_id], person, until) for handoff_id, person in by)
        self.taps[number] = tuple(taps)

    def call(self, call_key: str, at: datetime) -> CallInMemory:
        return CallInMemory(self, call_key, self.begun.setdefault(call_key, at), at)


class CallInMemory:
    def __init__(self, memory: Memory, call_key: str, at: datetime, now: datetime) -> None:
        self._memory, self._call_key, self.at, self._minute = memory, call_key, at, _minute(now)

    @property
    def earlier(self) -> Binding | None:
        return self.answer_of(self._call_key)

    def answer_of(self, call_key: str) -> Binding | None:
        return self._memory.answers.get(call_key)

    def candidate(self, handoff_id: str) -> Candidate | None:
        return self._memory.handoffs.get(handoff_id)

    def tried(self, digits: str) -> Try:
        tries = self._memory.tries.setdefault(self._call_key, [])
        if digits in tries:
            return Try.AGAIN
        if len(tries) >= TRIES:
            return Try.TOO_MANY
        tries.append(digits)
        return Try.NEW

    def code(self, code: str) -> KnownCode | None:
        return self._memory.codes.get(code)

    def spend_code(self, code: str) -> bool:
        known = self._memory.codes[code]
        spent_by = known.used_by or self._call_key
        self._memory.codes[code] = KnownCode(known.handoff_id, known.expires_at, spent_by)
        return spent_by == self._call_key

    def misses(self, number: str | None) -> Misses:
        return Misses(self._sum(number) if number else 0, self._sum("all"))

    def missed(self, number: str | None) -> None:
        alone = number is not None and self._sum(number) >= MOST_OF_ONE
        who = (number,) if alone else ("all", number)
        self._memory.missed.update((each, self._minute) for each in who if each)

    def spend_token(self, token: SignedCall) -> bool:
        return True

    def latched(self, number: str) -> str | None:
        return None

    def release(self, number: str) -> None:
        pass

    def taps(self, number: str) -> tuple[RecentTap, ...]:
        return self._memory.taps.get(number, ())

    def note(self, kind: str, handoff_id: str | None = None, **detail: str | int | bool | None) -> None:
        self._memory.noted.append((kind, handoff_id, dict(detail)))

    def _sum(self, who: str) -> int:
        return sum(self._memory.missed[who, minute] for minute in self._window())

    def _window(self) -> Iterable[int]:
        return range(self._minute - int(WINDOW / timedelta(minutes=1)), self._minute + 1)


def _minute(at: datetime) -> int:
    return int(at.timestamp() // 60)
