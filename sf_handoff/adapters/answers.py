"""The one place where an HTTP answer of Salesforce, or the lack of one, becomes an error of ours, or none.

What the answer or a library says in its own words may hold values or addresses: none of it is passed on but
Salesforce's code and field names.
"""

from __future__ import annotations

import contextlib
import json
import re
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.exceptions import ContentDecodingError, InvalidHeader, InvalidJSONError
from urllib3.exceptions import ReadTimeoutError

from sf_handoff.errors import Exhausted, HandoffError, Misconfigured, Rejected, Unavailable, Uncertain
from sf_handoff.retry import Expected, Verdict, verdict

LONGEST_RETRY_AFTER = 900.0


@dataclass(frozen=True)
class Peer:
    """Who is at the other end, as messages name it, and the setting that says where."""

    name: str
    setting: str


SALESFORCE = Peer("Salesforce", "ORG")


class NeverSent(Unavailable):
    """No connection was made, so nothing can have happened."""


class SessionOver(Unavailable):
    """401: the token is not accepted any more; nothing was done."""


class RefusedNow(Unavailable):
    """The other side said "not now" (503, 429, a lock, a limit); nothing was done."""


def no_answer(error: Exception, sent: bool, peer: Peer = SALESFORCE) -> HandoffError:
    """Our error for a request without an answer. `sent`: whether a byte of it may have left."""
    root = _root(error)
    if sent:
        return _in_doubt(error, root, peer)
    broken = isinstance(root, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
    no_bundle = isinstance(error, OSError) and not isinstance(error, requests.RequestException)
    if no_bundle or (isinstance(error, requests.exceptions.SSLError) and not broken):
        return Misconfigured(
            f"{peer.name}'s certificate could not be verified; nothing was sent. Check {peer.setting} and "
            "CA_FILE.",
            code="TLS",
        )
    if isinstance(error, InvalidJSONError | InvalidHeader | UnicodeError):
        return Rejected("The request holds what cannot be sent; nothing was sent.", code="UNSENDABLE")
    if isinstance(error, ValueError):
        return Misconfigured("The address, or the proxy's address, cannot be used.", code="ADDRESS")
    return NeverSent(f"{peer.name} could not be reached.", code="UNREACHABLE")


def _in_doubt(error: Exception, root: BaseException, peer: Peer) -> Uncertain:
    if isinstance(root, ReadTimeoutError | TimeoutError):
        return Uncertain(f"{peer.name} did not answer in time.", code="TIMEOUT")
    if isinstance(error, ContentDecodingError):
        return Uncertain(f"{peer.name}'s answer was not readable or too large.", code="BAD_ANSWER")
    return Uncertain(f"The connection to {peer.name} broke off.", code="BROKEN_OFF")


def _root(error: BaseException) -> BaseException:
    """The error that the libraries wrapped, each in its own way."""
    inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    return _root(inner) if isinstance(inner, BaseException) else error


def problem_in(response: requests.Response, expected: Expected = Expected.JSON) -> HandoffError | None:
    """The error that an answer stands for, or None for a success: what is expected, or a 204."""
    status = response.status_code
    if status == 204 or (status in (200, 201) and _is_there(response, expected)):
        return None
    if 301 <= status < 400:
        return Uncertain(
            "Salesforce's address answered with a redirect, which is never followed.", code="REDIRECT"
        )
    if "json" not in response.headers.get("Content-Type", "").lower():
        return _not_json(status, response)
    if status in (200, 201):
        unread = Uncertain("Salesforce's answer was not readable.", code="BAD_ANSWER")
        return None if expected in (Expected.JSON, Expected.ROWS) and readable(response.content) else unread
    code, text, fields = error_in(response.content)
    return _error(verdict(status, code, text), code or f"HTTP_{status}", fields, retry_after(response))


def _is_there(response: requests.Response, expected: Expected) -> bool:
    if expected is Expected.CSV:
        return response.headers.get("Content-Type", "").lower().startswith("text/csv")
    return expected is Expected.NOTHING and not response.content


def readable(body: bytes) -> bool:
    """Whether it is a JSON object or list, and strictly so: Python lets NaN and repeated keys pass."""
    found = None
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(body, parse_constant=_no_number, object_pairs_hook=_no_repeats)
    return isinstance(found, dict | list)


def _no_number(name: str) -> None:
    raise ValueError(name)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a repeated key")
    return found


def error_in(body: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Code, text and fields of the first error, in any of the documented shapes."""
    found = None
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(body)
    first = found[0] if isinstance(found, list) and found else found
    if not isinstance(first, dict):
        return "", "", ()
    code = first.get("errorCode") or first.get("error") or first.get("exceptionCode")
    text = first.get("message") or first.get("error_description") or first.get("exceptionMessage")
    fields = first.get("fields")
    named = [_name(each) for each in fields] if isinstance(fields, list) else []
    return _name(code), str(text or ""), tuple(filter(None, named))


def _name(found: object) -> str:
    """A code or field name, and nothing else that may stand in its place."""
    return found if isinstance(found, str) and re.fullmatch(r"[A-Za-z][\w.-]{0,79}", found, re.ASCII) else ""


def retry_after(response: requests.Response, longest: float = LONGEST_RETRY_AFTER) -> float | None:
    """What the answer asks us to wait, in seconds, from 1 to `longest`; None where it does not say.

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
    return min(max(seconds, 1.0), longest)


def _until(date: str, answered: str | None) -> float:
    return (parsedate_to_datetime(date) - parsedate_to_datetime(answered or date)).total_seconds()


def _not_json(status: int, response: requests.Response) -> HandoffError:
    """A page instead of an answer: maintenance, a sign-in form, a proxy. It may come with any status."""
    if status in (429, 503):
        return RefusedNow(
            "Salesforce is not available now.", code=f"HTTP_{status}", retry_after=retry_after(response)
        )
    return Uncertain("Salesforce's address answered with a page instead of data.", code="NOT_JSON")


def _error(judged: Verdict, code: str, fields: tuple[str, ...], wait: float | None) -> HandoffError:
    if judged is Verdict.SIGN_IN:
        return SessionOver("The session has ended.", code=code)
    if judged is Verdict.CAPACITY:
        return Exhausted("The org's allowance of API calls is used up.", code=code, retry_after=wait)
    if judged in (Verdict.TRANSIENT, Verdict.CONTENTION):
        return RefusedNow("Salesforce asks to try again later.", code=code, retry_after=wait)
    if judged is Verdict.UNSURE:
        return Uncertain("Salesforce failed while it worked on the request.", code=code, retry_after=wait)
    about = f"{code} (field {', '.join(fields)})" if fields else code
    if judged is Verdict.SETUP:
        return Misconfigured(f"Salesforce does not take such requests: {about}.", code=code, fields=fields)
    return Rejected(f"Salesforce refused the request: {about}.", code=code, fields=fields)
