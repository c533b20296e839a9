"""The table of verdicts, written out by hand from the vendor's lists, and how long to wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sf_handoff.retry import ONLINE, OVERNIGHT, Call, RetryPolicy, Verdict, verdict

# By code. Classes of the platform's guides: A sign in, T transient, U unknown, C capacity, P this record,
# F set-up. What a code is here stands beside it.
EXPECTED = {
    # A
    "INVALID_SESSION_ID": Verdict.SIGN_IN,
    "INVALIDSESSIONID": Verdict.SIGN_IN,  # Bulk 2.0 writes it so
    # T
    "UNABLE_TO_LOCK_ROW": Verdict.CONTENTION,
    "SERVER_UNAVAILABLE": Verdict.TRANSIENT,
    "SERVICE_UNAVAILABLE": Verdict.TRANSIENT,
    "TOO_MANY_APEX_REQUESTS": Verdict.TRANSIENT,
    "REQUEST_RUNNING_TOO_LONG": Verdict.TRANSIENT,
    "QUERY_TIMEOUT": Verdict.TRANSIENT,
    "API_CURRENTLY_DISABLED": Verdict.TRANSIENT,
    "PLATFORM_EVENT_PUBLISHING_UNAVAILABLE": Verdict.TRANSIENT,
    "PLATFORM_EVENT_PUBLISH_FAILED": Verdict.TRANSIENT,
    "unknown_error": Verdict.TRANSIENT,  # OAuth
    # U
    "UNKNOWN_EXCEPTION": Verdict.UNSURE,
    # C
    "LIMIT_EXCEEDED": Verdict.CAPACITY,
    "EXCEEDED_QUOTA": Verdict.CAPACITY,
    # P
    "REQUIRED_FIELD_MISSING": Verdict.REFUSED,
    "STRING_TOO_LONG": Verdict.REFUSED,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": Verdict.REFUSED,
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": Verdict.REFUSED,
    "INVALID_EMAIL_ADDRESS": Verdict.REFUSED,
    "NUMBER_OUTSIDE_VALID_RANGE": Verdict.REFUSED,
    "MALFORMED_ID": Verdict.REFUSED,
    "NOT_FOUND": Verdict.REFUSED,
    "ENTITY_IS_DELETED": Verdict.REFUSED,
    "ENTITY_IS_ARCHIVED": Verdict.REFUSED,
    "INVALID_CROSS_REFERENCE_KEY": Verdict.REFUSED,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": Verdict.REFUSED,
    "INVALID_ID_FIELD": Verdict.REFUSED,
    "FIELD_INTEGRITY_EXCEPTION": Verdict.REFUSED,
    "FIELD_FILTER_VALIDATION_EXCEPTION": Verdict.REFUSED,
    "DUPLICATES_DETECTED": Verdict.REFUSED,
    "DUPLICATE_EXTERNAL_ID": Verdict.LINK_SEVERAL,
    "CANNOT_EXECUTE_FLOW_TRIGGER": Verdict.REFUSED,
    "APEX_FAILED": Verdict.REFUSED,
    "DUPLICATE_VALUE": Verdict.EXISTS,
    # T or P by message
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": Verdict.REFUSED,
    "ENTITY_IS_LOCKED": Verdict.TRANSIENT,
    # F for the guides; here one record denied parks that record, and the others go on
    "INSUFFICIENT_ACCESS": Verdict.REFUSED,
    "INSUFFICIENT_ACCESS_OR_READONLY": Verdict.REFUSED,
    "INACTIVE_OWNER_OR_USER": Verdict.REFUSED,
    # F
    "INVALID_FIELD": Verdict.SETUP,
    "INVALID_FIELD_FOR_INSERT_UPDATE": Verdict.SETUP,
    "INVALID_TYPE": Verdict.SETUP,
    "INVALID_TYPE_ON_FIELD_IN_RECORD": Verdict.SETUP,
    "JSON_PARSER_ERROR": Verdict.SETUP,
    "MALFORMED_QUERY": Verdict.SETUP,
    "QUERY_TOO_COMPLICATED": Verdict.SETUP,
    "OPERATION_TOO_LARGE": Verdict.SETUP,
    "EXCEEDED_ID_LIMIT": Verdict.SETUP,
    "EXCEEDED_MAX_SIZE_REQUEST": Verdict.SETUP,
    "STORAGE_LIMIT_EXCEEDED": Verdict.SETUP,
    "API_DISABLED_FOR_ORG": Verdict.SETUP,
    "FUNCTIONALITY_NOT_ENABLED": Verdict.SETUP,
    "UNSUPPORTED_API_VERSION": Verdict.SETUP,
    "INVALID_AUTH_HEADER": Verdict.SETUP,
    "METHOD_NOT_ALLOWED": Verdict.SETUP,
    "TXN_SECURITY_NO_ACCESS": Verdict.SETUP,
    "INVALID_LOGIN": Verdict.SETUP,
    "LOGIN_MUST_USE_SECURITY_TOKEN": Verdict.SETUP,
    "LOGIN_DURING_RESTRICTED_DOMAIN": Verdict.SETUP,
    "LOGIN_DURING_RESTRICTED_TIME": Verdict.SETUP,
    "PASSWORD_LOCKOUT": Verdict.SETUP,
    "ORG_LOCKED": Verdict.SETUP,
    "TRIAL_EXPIRED": Verdict.SETUP,
    "invalid_grant": Verdict.SETUP,
    "invalid_client": Verdict.SETUP,
    "invalid_client_id": Verdict.SETUP,
    "inactive_user": Verdict.SETUP,
    # by the sibling's code
    "PROCESSING_HALTED": Verdict.SIBLING,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": Verdict.SIBLING,
    "BATCH_PROCESSING_HALTED": Verdict.SIBLING,
}

BY_STATUS = {
    300: Verdict.REFUSED,
    400: Verdict.REFUSED,
    401: Verdict.SIGN_IN,
    403: Verdict.SETUP,
    404: Verdict.REFUSED,
    405: Verdict.SETUP,
    409: Verdict.CONTENTION,
    410: Verdict.SETUP,
    412: Verdict.REFUSED,
    414: Verdict.SETUP,
    415: Verdict.SETUP,
    418: Verdict.REFUSED,
    420: Verdict.TRANSIENT,
    428: Verdict.SETUP,
    429: Verdict.TRANSIENT,
    431: Verdict.SETUP,
    500: Verdict.UNSURE,
    502: Verdict.UNSURE,
    503: Verdict.TRANSIENT,
    504: Verdict.UNSURE,
    599: Verdict.UNSURE,
    0: Verdict.UNSURE,
    202: Verdict.UNSURE,
}


@pytest.mark.parametrize(("code", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_a_known_code_decides_whatever_the_status(code: str, expected: Verdict) -> None:
    assert {verdict(status, code) for status in (200, 400, 401, 403, 404, 409, 500, 503)} == {expected}


@pytest.mark.parametrize(("code", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_codes_are_compared_without_their_case(code: str, expected: Verdict) -> None:
    assert verdict(400, code.lower()) is verdict(400, code.upper()) is expected


@pytest.mark.parametrize(("status", "expected"), BY_STATUS.items())
@pytest.mark.parametrize("code", ["", "SOMETHING_NEW", "INVALID_QUERY_LOCATOR"])
def test_an_unknown_code_is_judged_by_its_status(status: int, code: str, expected: Verdict) -> None:
    assert verdict(status, code) is expected


@pytest.mark.parametrize(
    ("status", "code", "message", "expected"),
    [
        (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", Verdict.CAPACITY),
        (403, "REQUEST_LIMIT_EXCEEDED", "", Verdict.CAPACITY),
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            Verdict.TRANSIENT,
        ),
        (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", Verdict.TRANSIENT),
        (400, "INVALID_FIELD", "Foreign key external ID: 1 not found for field ICN__c", Verdict.LINK_NONE),
        (400, "INVALID_FIELD", "No such column 'A' on sobject of type Case", Verdict.SETUP),
        (400, "INVALID_FIELD", "The text Foreign key external ID somewhere in it", Verdict.SETUP),
        (404, "NOT_FOUND", "Provided external ID field does not exist: X", Verdict.SETUP),
        (404, "NOT_FOUND", "The requested resource does not exist", Verdict.SETUP),
        (404, "NOT_FOUND", "no such record", Verdict.REFUSED),
        (
            400,
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "Trigger: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access",
            Verdict.CONTENTION,
        ),
        (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Trigger: division by zero", Verdict.REFUSED),
    ],
)
def test_some_codes_are_told_apart_by_their_text(
    status: int, code: str, message: str, expected: Verdict
) -> None:
    assert verdict(status, code, message) is expected


@given(st.integers(100, 599), st.text(), st.text())
def test_every_answer_has_a_verdict(status: int, code: str, message: str) -> None:
    assert isinstance(verdict(status, code, message), Verdict)


# Waiting

STEPS = RetryPolicy(
    total=60.0, attempts=9, connect=1.0, read=1.0, first_wait=0.5, longest_wait=3.0, refusals=True
)


@pytest.mark.parametrize(
    ("attempt", "ceiling"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 3.0), (5, 3.0), (500, 3.0)]
)
def test_waiting_is_full_jitter_under_a_doubling_ceiling(attempt: int, ceiling: float) -> None:
    assert STEPS.wait(attempt, None, lambda: 0.0) == 0.0
    assert STEPS.wait(attempt, None, lambda: 0.5) == ceiling / 2
    assert STEPS.wait(attempt, None, lambda: 1.0) == ceiling


@given(st.integers(1, 60), st.none() | st.floats(1.0, 900.0))
def test_waiting_is_never_less_than_was_asked_nor_much_more(attempt: int, asked: float | None) -> None:
    for policy in (ONLINE, OVERNIGHT):
        assert 0 <= policy.wait(attempt, asked) - (asked or 0.0) <= policy.longest_wait + 1e-6


def test_those_who_were_asked_to_wait_do_not_come_back_together() -> None:
    assert STEPS.wait(1, 30.0, lambda: 0.0) == 30.0
    assert STEPS.wait(1, 30.0, lambda: 1.0) == 30.5
    assert len({ONLINE.wait(1, 30.0) for _ in range(20)}) > 1


def test_the_two_policies() -> None:
    assert ONLINE.total == 3.0
    assert ONLINE.attempts == 3
    assert (ONLINE.connect, ONLINE.read) == (1.0, 2.0)
    assert not ONLINE.refusals
    assert OVERNIGHT.total > 60
    assert OVERNIGHT.refusals


def test_a_call_is_not_repeated_unless_it_is_said_to_be_safe() -> None:
    call = Call()
    assert (call.policy, call.keyed, call.requests, call.ends_at) == (ONLINE, False, 0, None)
