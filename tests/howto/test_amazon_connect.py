"""docs/howto/amazon-connect.md: its Lambda, with events of the form that Amazon documents.

https://docs.aws.amazon.com/lambda/latest/dg/services-connect.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from sf_handoff import Receipt
from sf_handoff.calls.shapes.connect import size
from sf_handoff.errors import NotKept
from tests.calls.pops import JESSE
from tests.howto.pages import loaded


@pytest.fixture
def function(receipt: Receipt) -> Iterator[ModuleType]:
    module = loaded("amazon-connect.md", "lambda_function.py")
    yield module
    module.connector.close()


def event(contact_id: str = "11111111-0000-4000-8000-000000000001", **changes: Any) -> dict[str, Any]:
    """What a flow sends; `changes` are of its ContactData, but for `Parameters`."""
    parameters = changes.pop("Parameters", {})
    instance = "arn:aws:connect:us-gov-west-1:123456789012:instance/22222222-0000-4000-8000-000000000000"
    contact = {
        "Attributes": {},
        "Channel": "VOICE",
        "ContactId": contact_id,
        "CustomerEndpoint": {"Address": JESSE, "Type": "TELEPHONE_NUMBER"},
        "InitialContactId": contact_id,
        "InitiationMethod": "INBOUND",
        "InstanceARN": instance,
        "PreviousContactId": contact_id,
        "Queue": None,
        "SystemEndpoint": {"Address": "+18008271000", "Type": "TELEPHONE_NUMBER"},
    }
    return {
        "Details": {"ContactData": contact | changes, "Parameters": parameters},
        "Name": "ContactFlowEvent",
    }


def test_the_code_brings_the_context_to_the_contact(function: ModuleType, receipt: Receipt) -> None:
    said = function.handler(event(Parameters={"digits": receipt.dial.code}), None)
    assert (said["handoff_level"], said["handoff_caller_name"]) == ("4", "Jesse Gray")
    assert said["handoff_case_number"] == receipt.case_number
    assert said["handoff_queue"] == "App_Handoff_Claims"


def test_the_answer_is_what_connect_takes(function: ModuleType, receipt: Receipt) -> None:
    said = function.handler(event(Parameters={"digits": receipt.dial.code}), None)
    assert all(isinstance(text, str) for pair in said.items() for text in pair)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in said)
    assert size(said) <= 32_768


def test_digits_that_another_block_stored_count_too(function: ModuleType, receipt: Receipt) -> None:
    assert function.handler(event(Attributes={"digits": receipt.dial.code}), None)["handoff_level"] == "4"


def test_a_number_alone_opens_nothing(function: ModuleType) -> None:
    said = function.handler(event(), None)
    assert said["handoff_level"] == "1"
    assert "handoff_caller_name" not in said
    assert "handoff_case_id" not in said


@pytest.mark.parametrize("endpoint", [None, {"Address": "anonymous", "Type": "TELEPHONE_NUMBER"}])
def test_a_call_without_a_number_is_answered(function: ModuleType, endpoint: Any) -> None:
    assert (
        function.handler(event(CustomerEndpoint=endpoint, SystemEndpoint=None), None)["handoff_level"] == "0"
    )


def test_a_retry_gets_the_same_answer_and_another_contact_does_not(
    function: ModuleType, receipt: Receipt
) -> None:
    dialled = {"digits": receipt.dial.code}
    first, again = (function.handler(event(Parameters=dialled), None) for _ in range(2))
    changing = ("handoff_issued_at",)
    assert {**first, **dict.fromkeys(changing)} == {**again, **dict.fromkeys(changing)}
    other = "11111111-0000-4000-8000-000000000002"
    said = function.handler(event(other, Parameters=dialled, CustomerEndpoint=None), None)
    assert said["handoff_level"] == "0"


def test_while_the_store_is_away_the_flow_goes_on(
    function: ModuleType, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: Any) -> Any:
        raise NotKept("STORE: away", code="STORE")

    with monkeypatch.context() as broken:
        broken.setattr(function.connector._store, "answer", away)
        said = function.handler(event(Parameters={"digits": receipt.dial.code}), None)
    assert said["handoff_level"] == "0"
    assert said["handoff_assurance"].startswith("Could not check")
    assert function.handler(event(Parameters={"digits": receipt.dial.code}), None)["handoff_level"] == "4"


def test_a_transferred_contact_has_the_answer_of_the_one_before(
    function: ModuleType, receipt: Receipt
) -> None:
    first = "11111111-0000-4000-8000-000000000001"
    function.handler(event(first, Parameters={"digits": receipt.dial.code}), None)
    second = event("11111111-0000-4000-8000-000000000002", PreviousContactId=first, InitialContactId=first)
    said = function.handler(second, None)
    assert (said["handoff_level"], said["handoff_case_number"]) == ("4", receipt.case_number)
