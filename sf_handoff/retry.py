"""What an answer of Salesforce means, and when to try again. One table, by code first, then by status.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class Verdict(StrEnum):
    """What to do about an answer."""

    TRANSIENT = "transient"  # it did not happen; try again
    CONTENTION = "contention"  # a lock; it was rolled back; try again soon
    SIGN_IN = "sign-in"  # the session is over; sign in once and repeat
    CAPACITY = "capacity"  # the allowance is used up; wait for hours
    REFUSED = "refused"  # this record will never be taken as it is
    SETUP = "setup"  # nothing like it will be taken until someone mends the set-up
    UNSURE = "unsure"  # it may have happened; repeat keyed writes only
    LINK_NONE = "no such person"  # a parent named by external id does not exist
    LINK_SEVERAL = "several persons"  # a parent named by external id exists more than once
    EXISTS = "exists"  # another writer made the record first
    SIBLING = "sibling"  # it failed because another part did


_BY_CODE: dict[str, Verdict] = {
    code: verdict
    for verdict, codes in {
        Verdict.SIGN_IN: "INVALID_SESSION_ID INVALIDSESSIONID",
        Verdict.CONTENTION: "UNABLE_TO_LOCK_ROW CONFLICT",
        Verdict.TRANSIENT: (
            "SERVER_UNAVAILABLE SERVICE_UNAVAILABLE TOO_MANY_APEX_REQUESTS REQUEST_RUNNING_TOO_LONG "
            "QUERY_TIMEOUT API_CURRENTLY_DISABLED PLATFORM_EVENT_PUBLISHING_UNAVAILABLE "
            "PLATFORM_EVENT_PUBLISH_FAILED ENTITY_IS_LOCKED UNKNOWN_ERROR"
        ),
        Verdict.UNSURE: "UNKNOWN_EXCEPTION",
        Verdict.CAPACITY: "LIMIT_EXCEEDED EXCEEDED_QUOTA",
        Verdict.EXISTS: "DUPLICATE_VALUE",
        Verdict.LINK_SEVERAL: "DUPLICATE_EXTERNAL_ID",
        Verdict.SIBLING: "PROCESSING_HALTED ALL_OR_NONE_OPERATION_ROLLED_BACK BATCH_PROCESSING_HALTED",
        Verdict.REFUSED: (
            "REQUIRED_FIELD_MISSING STRING_TOO_LONG FIELD_CUSTOM_VALIDATION_EXCEPTION "
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST INVALID_EMAIL_ADDRESS NUMBER_OUTSIDE_VALID_RANGE "
            "MALFORMED_ID NOT_FOUND ENTITY_IS_DELETED ENTITY_IS_ARCHIVED INVALID_CROSS_REFERENCE_KEY "
            "INSUFFICIENT_ACCESS INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY "
            "INSUFFICIENT_ACCESS_OR_READONLY INACTIVE_OWNER_OR_USER INVALID_ID_FIELD "
            "FIELD_INTEGRITY_EXCEPTION "
            "FIELD_FILTER_VALIDATION_EXCEPTION DUPLICATES_DETECTED CANNOT_EXECUTE_FLOW_TRIGGER APEX_FAILED "
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY MULTIPLE_MATCH"
        ),
        Verdict.SETUP: (
            "INVALID_FIELD INVALID_FIELD_FOR_INSERT_UPDATE INVALID_TYPE INVALID_TYPE_ON_FIELD_IN_RECORD "
            "JSON_PARSER_ERROR MALFORMED_QUERY QUERY_TOO_COMPLICATED OPERATION_TOO_LARGE EXCEEDED_ID_LIMIT "
            "EXCEEDED_MAX_SIZE_REQUEST STORAGE_LIMIT_EXCEEDED API_DISABLED_FOR_ORG "
            "FUNCTIONALITY_NOT_ENABLED UNSUPPORTED_API_VERSION INVALID_AUTH_HEADER METHOD_NOT_ALLOWED "
            "TXN_SECURITY_NO_ACCESS INVALID_LOGIN LOGIN_MUST_USE_SECURITY_TOKEN "
            "LOGIN_DURING_RESTRICTED_DOMAIN LOGIN_DURING_RESTRICTED_TIME PASSWORD_LOCKOUT ORG_LOCKED "
            "TRIAL_EXPIRED INVALID_GRANT INVALID_CLIENT INVALID_CLIENT_ID INACTIVE_USER"
        ),
    }.items()
    for code in codes.split()
}

_BY_STATUS: dict[int, Verdict] = {
    300: Verdict.REFUSED,
    401: Verdict.SIGN_IN,
    403: Verdict.SETUP,
    404: Verdict.REFUSED,
    405: Verdict.SETUP,
    409: Verdict.CONTENTION,
    410: Verdict.SETUP,
    414: Verdict.SETUP,
    415: Verdict.SETUP,
    420: Verdict.TRANSIENT,
    428: Verdict.SETUP,
    429: Verdict.TRANSIENT,
    431: Verdict.SETUP,
    500: Verdict.UNSURE,
    502: Verdict.UNSURE,
    503: Verdict.TRANSIENT,
    504: Verdict.UNSURE,
}


def verdict(status: int, code: str, message: str = "") -> Verdict:
    """What an error answer means. An unknown code is judged by its status, and kept as it is."""
    code = code.upper()
    if code == "INVALID_FIELD" and message.startswith("Foreign key external ID"):
        return Verdict.LINK_NONE
    if code == "NOT_FOUND" and message.startswith(("Provided external ID field", "The requested resource")):
        return Verdict.SETUP
    if code == "REQUEST_LIMIT_EXCEEDED":
        return Verdict.TRANSIENT if "Concurrent" in message or status == 429 else Verdict.CAPACITY
    if code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" and "UNABLE_TO_LOCK_ROW" in message:
        return Verdict.CONTENTION
    if code in _BY_CODE:
        return _BY_CODE[code]
    return _BY_STATUS.get(status, Verdict.REFUSED if 400 <= status < 500 else Verdict.UNSURE)


def codes_by_verdict() -> dict[Verdict, frozenset[str]]:
    """The table of codes, for the docs."""
    return {
        each: frozenset(code for code, judged in _BY_CODE.items() if judged is each)
        for each in Verdict
        if each in _BY_CODE.values()
    }


@dataclass(frozen=True)
class RetryPolicy:
    """How long to try. Times in seconds; `total` bounds everything, waits and answers included.

    Each attempt's time limits are the smaller of these and what is left of `total`. `refusals` says whether
    a plain "not now" (503, 429) is tried again within the call, or left to the outbox at once. `reserve` is
    the share of the daily allowance of API calls that such calls leave to others. A record that was locked
    is tried `locked` times more. One that `insists` goes out although nothing is to be sent for a while.
    """

    total: float
    attempts: int
    connect: float
    read: float
    first_wait: float
    longest_wait: float
    refusals: bool
    reserve: float = 0.0
    locked: int = 2
    insists: bool = False

    def wait(self, attempt: int, asked: float | None, draw: Callable[[], float] = random.random) -> float:
        """Seconds to wait after failed attempt number `attempt` (from 1): full jitter, on top of what the
        other side asked for, or all who were asked come back together. https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
        """
        ceiling = min(self.longest_wait, self.first_wait * 2.0 ** (attempt - 1))
        return (asked or 0.0) + draw() * ceiling


# Someone is on the phone.
ONLINE = RetryPolicy(
    total=3.0, attempts=3, connect=1.0, read=2.0, first_wait=0.05, longest_wait=0.5, refusals=False
)
# Nobody waits; the outbox, the nightly run.
OVERNIGHT = RetryPolicy(
    total=120.0,
    attempts=5,
    connect=10.0,
    read=60.0,
    first_wait=1.0,
    longest_wait=20.0,
    refusals=True,
    reserve=0.1,
    locked=5,
)
# The code of the refusal to go on into the reserve.
RESERVE = "RESERVE"
# A locked record is tried again after so many seconds, drawn evenly.
LOCK_WAIT = (0.1, 1.5)


class Expected(Enum):
    """What a success looks like, beside a 204."""

    JSON = auto()
    ROWS = auto()  # JSON too, with some thousand rows in it
    CSV = auto()  # the results of a Bulk job
    NOTHING = auto()  # an empty body: an upload was taken


@dataclass
class Call:
    """How one call is made, and how many requests it took. `keyed`: sending it twice is harmless.

    `ends_at` is when all of it must be over, sign-ins and repeats included, on the transport's clock; the
    transport sets it with the first request. `date` is what the other side's clock said in its last answer.
    """

    policy: RetryPolicy = ONLINE
    keyed: bool = False
    requests: int = 0
    ends_at: float | None = None
    expected: Expected = Expected.JSON
    date: str | None = None
