"""The one place where an HTTP answer of Salesforce becomes an error of ours, or none."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.redaction import mask
from sf_handoff.retry import Verdict, verdict

if TYPE_CHECKING:
    import requests

LONGEST_RETRY_AFTER = 900.0


class SessionOver(Unavailable):
    """401: the token is not accepted any more; nothing was done."""


class RefusedNow(Unavailable):
    """Salesforce said "not now" (503, 429, a lock); nothing was done."""


def problem_in(response: requests.Response) -> HandoffError | None:
    """The error that an answer stands for, or None for a success: JSON with 200 or 201, or a 204."""
    status = response.status_code
    if status == 204:
        return None
    if 301 <= status < 400:
        return Uncertain(
            "Salesforce's address answered with a redirect, which is never followed.", code="REDIRECT"
        )
    if "json" not in response.headers.get("Content-Type", ""):
        return _not_json(status, response)
    if 200 <= status < 300:
        return None
    code, text = error_in(response.content)
    return _error(verdict(status, code, text), status, code, text, retry_after(response))


def error_in(body: bytes) -> tuple[str, str]:
    """Code and text of the first error, in any of the documented shapes."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    first = found[0] if isinstance(found, list) and found else found
    if not isinstance(first, dict):
        return "", ""
    code = first.get("errorCode") or first.get("error") or first.get("exceptionCode") or ""
    text = first.get("message") or first.get("error_description") or first.get("exceptionMessage") or ""
    return str(code), str(text)


def retry_after(response: requests.Response) -> float | None:
    """What the answer asks us to wait, in seconds, from 1 to 900; None where it does not say.

    RFC 9110, 10.2.3: seconds or a date. A date is counted from the answer's own Date, so that clocks
    that differ do not matter.
    """
    asked = response.headers.get("Retry-After")
    if asked is None:
        return None
    try:
        seconds = (
            float(asked)
            if asked.strip().lstrip("-").isdigit()
            else _until(asked, response.headers.get("Date"))
        )
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 1.0), LONGEST_RETRY_AFTER)


def _until(date: str, answered: str | None) -> float:
    return (parsedate_to_datetime(date) - parsedate_to_datetime(answered or date)).total_seconds()


def _not_json(status: int, response: requests.Response) -> HandoffError:
    """A page instead of an answer: maintenance, a sign-in form, a proxy. It may come with any status."""
    if status in (429, 503):
        return RefusedNow(
            "Salesforce is not available now.", code=f"HTTP_{status}", retry_after=retry_after(response)
        )
    return Uncertain("Salesforce's address answered with a page instead of data.", code="NOT_JSON")


def _error(judged: Verdict, status: int, code: str, text: str, wait: float | None) -> HandoffError:
    name, said = code or f"HTTP_{status}", mask(text)
    if judged is Verdict.SIGN_IN:
        return SessionOver("The session has ended.", code=name)
    if judged is Verdict.CAPACITY:
        return Exhausted("The org's allowance of API calls is used up.", code=name, retry_after=wait)
    if judged in (Verdict.TRANSIENT, Verdict.CONTENTION):
        return RefusedNow("Salesforce asks to try again later.", code=name, retry_after=wait)
    if judged is Verdict.UNSURE:
        return Uncertain("Salesforce failed while it worked on the request.", code=name, retry_after=wait)
    if judged is Verdict.SETUP:
        return Misconfigured(f"Salesforce does not take such requests: {name}. It said: {said}", code=name)
    return Rejected(f"Salesforce refused the request: {name}. It said: {said}", code=name)
