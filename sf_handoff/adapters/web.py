"""The way to an issue tracker: paced, the token for its own host only, tried again where that is safe.

Reads are repeated, and so are changes that do no harm twice. A creation never is, unless nothing of it was
sent or it was refused for now: no tracker has a key by which it would know the second one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

import tenacity
from requests import Response

from sf_handoff.adapters.answers import NeverSent, Peer, RefusedNow
from sf_handoff.adapters.pace import Pace
from sf_handoff.adapters.remembered import Remembered
from sf_handoff.adapters.session import Session
from sf_handoff.adapters.wire import Deadline
from sf_handoff.errors import HandoffError, Misconfigured, Unavailable, Uncertain
from sf_handoff.retry import RetryPolicy

Value = TypeVar("Value")
# `total` is for each attempt: what a limit makes us wait lies between them.
POLICY = RetryPolicy(
    total=60.0, attempts=4, connect=10.0, read=30.0, first_wait=1.0, longest_wait=20.0, refusals=True
)
# A page of a hundred issues, each as long as it may be.
MOST = 32 * 1024 * 1024
ELSEWHERE = (301, 302, 307, 308)
UNCHANGED = 304


class Nature(Enum):
    """What a request does: nothing, something that may be done twice, or something that must not be."""

    READ = auto()
    REPEATABLE = auto()
    ONCE = auto()


@dataclass(frozen=True)
class Vendor:
    """How a tracker is talked to. `judge` gives the error that an answer stands for; `rest` how long after a
    success it wants to be left alone; `creates` are the methods by which things are made."""

    peer: Peer
    token: str
    headers: Mapping[str, str]
    judge: Callable[[Response], HandoffError | None]
    rest: Callable[[Response], float | None]
    creates: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """A success, or word that what was asked for has moved. `next` is the address of the next page."""

    data: Any
    next: str | None = None
    moved_to: str | None = None


class Web:
    """One tracker at one address. Raises Misconfigured, Rejected, Unavailable, and for changes Uncertain."""

    def __init__(
        self,
        vendor: Vendor,
        base: str,
        token: str,
        pace: Pace,
        *,
        ca_file: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vendor, self._base, self._pace = vendor, base.rstrip("/"), pace
        self._sleep, self._clock = sleep, clock
        self._remembered = Remembered()
        self._session = Session(vendor.peer, ca_file)
        self._session.headers.update(
            {**vendor.headers, "User-Agent": "sf-handoff", "Authorization": f"Bearer {_fit(vendor, token)}"}
        )

    def send(self, method: str, path: str, nature: Nature = Nature.READ, body: Any = None) -> Answer:
        """`path` starts behind the tracker's address, or is a whole address below it."""
        url = path if path.startswith("https:") else self._base + path
        if not self._is_own(url):
            raise Misconfigured(
                f"{self._vendor.peer.setting}: the address must begin with https://, and no other host is "
                "asked.",
                code="ADDRESS",
            )
        unsure: Uncertain | None = None
        try:
            return self._retrying(nature)(self._once, method, url, nature, body)
        except Uncertain as error:
            if nature is not Nature.READ:
                raise
            unsure = error
        raise Unavailable(unsure.message, code=unsure.code, retry_after=unsure.retry_after)

    def read(
        self, make: Callable[[Any], Value], data: Any, otherwise: type[Unavailable] = Unavailable
    ) -> Value:
        """What `make` finds in a document. Raises `otherwise` where that is not what it should be."""
        try:
            return make(data)
        except (AttributeError, KeyError, TypeError, ValueError):
            pass
        raise otherwise(f"{self._vendor.peer.name}'s answer was not what it should be.", code="BAD_ANSWER")

    def close(self) -> None:
        self._session.close()

    def _is_own(self, url: str) -> bool:
        """Whether this address is the tracker's, so that it may see the token."""
        own = url == self._base or url.startswith(f"{self._base}/")
        return own and url.startswith("https://")

    def _retrying(self, nature: Nature) -> tenacity.Retrying:
        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            # What was asked for, the next turn waits for.
            return 0.0 if isinstance(error, RefusedNow) else POLICY.wait(state.attempt_number, None)

        again = (NeverSent, RefusedNow) if nature is Nature.ONCE else (NeverSent, RefusedNow, Uncertain)
        return tenacity.Retrying(
            wait=wait,
            stop=tenacity.stop_after_attempt(POLICY.attempts),
            retry=tenacity.retry_if_exception_type(again),
            sleep=self._sleep,
            reraise=True,
        )

    def _once(self, method: str, url: str, nature: Nature, body: Any) -> Answer:
        changes = nature is not Nature.READ
        with self._pace.turn(changes=changes, creates=changes and method in self._vendor.creates):
            tag = self._remembered.tag(url) if method == "GET" else {}
            response = self._session.exchange(
                POLICY, Deadline(self._clock() + POLICY.total, self._clock), MOST,
                method=method, url=url, headers=tag, json=body,
            )  # fmt: skip
            known = self._remembered.again(url) if response.status_code == UNCHANGED and tag else None
            found = None if known is not None else self._vendor.judge(response)
            self._note(found, response)
        if found:
            raise found
        if method == "GET" and known is None:
            self._remembered.keep(url, response)
        return _answer(response if known is None else known)

    def _note(self, found: HandoffError | None, response: Response) -> None:
        if isinstance(found, RefusedNow):
            found.retry_after = self._pace.refused(found.retry_after)
            return
        self._pace.answered()
        asked = found.retry_after if isinstance(found, Unavailable) else self._vendor.rest(response)
        self._pace.rest(asked or 0.0)


def _fit(vendor: Vendor, token: str) -> str:
    if re.fullmatch(r"[\x21-\x7e]+", token.strip()):
        return token.strip()
    raise Misconfigured(f"{vendor.token}: not set, or it holds what no token does.", code="AUTH")


def _answer(response: Response) -> Answer:
    if response.status_code in ELSEWHERE:
        return Answer(None, moved_to=response.headers.get("Location", ""))
    following = response.links.get("next", {}).get("url")
    return Answer(response.json() if response.content else None, following)
