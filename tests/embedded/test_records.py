from __future__ import annotations

from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api, refusal


def create(api: Api, sobject: str = "Case", **fields: Any) -> str:
    answer = api("POST", f"/sobjects/{sobject}", fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_create_answers_as_recorded(api: Api) -> None:
    answer = api("POST", "/sobjects/Case/", {"Subject": "Call"})
    body = answer.json()
    assert answer.status_code == 201
    assert list(body) == ["id", "success", "errors"]
    assert (body["success"], body["errors"]) == (True, [])
    assert answer.headers["Location"] == f"/services/data/v66.0/sobjects/Case/{body['id']}"


def test_defaults_come_from_the_describe(api: Api, org: Embedded) -> None:
    made = api("GET", f"/sobjects/Case/{create(api, Subject='Call')}").json()
    assert made["attributes"]["type"] == "Case"
    assert (made["Status"], made["Priority"], made["IsClosed"], made["TTY__c"]) == (
        "New",
        "Medium",
        False,
        False,
    )
    assert made["CaseNumber"].isdecimal()
    assert made["OwnerId"] == made["CreatedById"] == org.records("User")[0]["Id"]
    assert made["CreatedDate"].endswith("+0000")


def test_every_kind_of_value_comes_back(api: Api) -> None:
    values: dict[str, Any] = {
        "Subject": "“Quote”, naïve, 🚒\nsecond line",
        "Seen_At__c": "2026-11-20T10:04:05-05:00",
        "Filed__c": "2026-11-20",
        "Taps__c": 3,
        "TTY__c": True,
        "State__c": "awaiting",
        "SuppliedEmail": "jesse@example.com",
    }
    made = api("GET", f"/sobjects/Case/{create(api, **values)}").json()
    changed = {"Seen_At__c": "2026-11-20T15:04:05.000+0000", "Taps__c": 3.0}
    assert {name: made[name] for name in values} == {**values, **changed}


def test_read_gives_the_fields_asked_for_and_the_id(api: Api) -> None:
    made = create(api)
    answer = api("GET", f"/sobjects/Case/{made[:15]}?fields=CaseNumber,isclosed").json()
    assert list(answer) == ["attributes", "CaseNumber", "IsClosed", "Id"]
    assert answer["Id"] == made


def test_update_and_delete(api: Api) -> None:
    made = create(api)
    changed = api("PATCH", f"/sobjects/Case/{made}", {"subject": "Changed", "Priority": None})
    assert (changed.status_code, changed.content) == (204, b"")
    assert "Content-Type" not in changed.headers
    now = api("GET", f"/sobjects/Case/{made}?fields=Subject,Priority").json()
    assert (now["Subject"], now["Priority"]) == ("Changed", None)
    assert api("DELETE", f"/sobjects/Case/{made}").status_code == 204
    gone = (404, "ENTITY_IS_DELETED", "entity is deleted")
    assert refusal(api("DELETE", f"/sobjects/Case/{made}")) == gone
    assert refusal(api("PATCH", f"/sobjects/Case/{made}", {})) == gone
    assert refusal(api("GET", f"/sobjects/Case/{made}"))[1] == "NOT_FOUND"
    assert api.found(f"SELECT Id FROM Case WHERE Id = '{made}'") == []


@pytest.mark.parametrize(
    ("fields", "code", "message", "named"),
    [
        ({"Colour__c": 1}, "INVALID_FIELD", "No such column 'Colour__c' on sobject of type Case", None),
        (
            {"CaseNumber": "1", "IsClosed": True},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: CaseNumber, IsClosed. Please check the security settings of "
            "this field and verify that it is read/write for your profile or permission set.",
            ["CaseNumber", "IsClosed"],
        ),
        (
            {"Subject": "x" * 256},
            "STRING_TOO_LONG",
            f"Subject: data value too large: {'x' * 256} (max length=255)",
            ["Subject"],
        ),
        (
            {"State__c": "lost"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "State: bad value for restricted picklist field: lost",
            ["State__c"],
        ),
        ({"SuppliedEmail": "nobody"}, "INVALID_EMAIL_ADDRESS", "Email Address: invalid email address: nobody",
         ["SuppliedEmail"]),
        (
            {"Taps__c": 10_000},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Taps: value outside of valid range on numeric field: 10000.0",
            ["Taps__c"],
        ),
        (
            {"Taps__c": 9_999.5},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Taps: value outside of valid range on numeric field: 9999.5",
            ["Taps__c"],
        ),
        ({"ContactId": "nonsense"}, "MALFORMED_ID", "Contact ID: id value of incorrect type: nonsense",
         ["ContactId"]),
        ({"ContactId": "003EO00000zzzzz"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", []),
        ({"Id": "x"}, "INVALID_FIELD", "The Id field should not be specified in the sobject data.", None),
        ({"OwnerId": None}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [OwnerId]", ["OwnerId"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("updating", [False, True])
def test_a_wrong_field_is_refused(
    api: Api, fields: dict[str, Any], code: str, message: str, named: list[str] | None, updating: bool
) -> None:
    path = f"/sobjects/Case/{create(api)}" if updating else "/sobjects/Case"
    answer = api("PATCH" if updating else "POST", path, fields)
    assert refusal(answer) == (400, code, message)
    assert answer.json()[0].get("fields") == named


def test_a_required_field_is_missed_on_create_only_if_sent_on_update(api: Api) -> None:
    missing = (400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]")
    assert refusal(api("POST", "/sobjects/Contact", {"FirstName": "Sam"})) == missing
    made = create(api, "Contact", LastName="Okafor")
    assert api("PATCH", f"/sobjects/Contact/{made}", {"FirstName": "Sam"}).status_code == 204
    assert refusal(api("PATCH", f"/sobjects/Contact/{made}", {"LastName": ""})) == missing


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"TTY__c": None}, "boolean from VALUE_NULL value null "),
        ({"Subject": False}, "string from VALUE_FALSE value false "),
        ({"Filed__c": "2026-11-20 and later"}, "date from VALUE_STRING"),
        ({"Filed__c": "2026-W47-5"}, "date from VALUE_STRING"),
        ({"Filed__c": "20261120"}, "date from VALUE_STRING"),
        ({"Filed__c": "1066-10-14"}, "date from VALUE_STRING"),
        ({"Seen_At__c": "20261120T150405Z"}, "datetime from VALUE_STRING"),
        ({"Taps__c": "1_0"}, "double from VALUE_STRING"),
        ({"Taps__c": "nan"}, "double from VALUE_STRING"),
        ({"TTY__c": "perhaps"}, "boolean from VALUE_STRING"),
        ({"Seen_At__c": "2026-11-20T15:04:05"}, "datetime from VALUE_STRING"),
        ({"Seen_At__c": 5}, "datetime from VALUE_NUMBER_INT"),
        ({"Filed__c": "20th of November"}, "date from VALUE_STRING"),
        ({"Taps__c": "many"}, "double from VALUE_STRING"),
        ({"Subject": ["a"]}, "string from START_ARRAY"),
        ({"Subject": {"a": 1}}, "string from START_OBJECT"),
        ({"Subject": True}, "string from VALUE_TRUE"),
    ],
)
def test_a_value_of_another_type_is_no_json_of_ours(api: Api, value: dict[str, Any], kind: str) -> None:
    status, code, message = refusal(api("POST", "/sobjects/Case", value))
    assert (status, code) == (400, "JSON_PARSER_ERROR")
    assert message.startswith(f"Cannot deserialize instance of {kind}")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff\xfe{}"])
def test_a_body_that_is_no_object(api: Api, content: bytes) -> None:
    assert refusal(api("POST", "/sobjects/Case", data=content))[:2] == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_ids_that_name_nothing(api: Api, method: str) -> None:
    wrong = "500EO00000zzzzzIB1"
    malformed = (400, "MALFORMED_ID", f"Case ID: id value of incorrect type: {wrong}")
    assert refusal(api(method, f"/sobjects/Case/{wrong}", {})) == malformed
    assert refusal(api(method, f"/sobjects/Case/{create(api, 'Contact', LastName='Gray')}", {}))[1] == (
        "MALFORMED_ID"
    )
    assert refusal(api(method, "/sobjects/Case/500EO00000zzzzz", {}))[:2] == (404, "NOT_FOUND")


def test_an_unknown_column_is_seen_before_the_id(api: Api) -> None:
    answer = api("PATCH", "/sobjects/Case/500EO00000zzzzzIB1", {"Color__c": "Red"})
    assert refusal(answer) == (400, "INVALID_FIELD", "No such column 'Color__c' on sobject of type Case")


def test_an_id_of_no_length_is_taken_for_a_field(api: Api) -> None:
    assert refusal(api("GET", "/sobjects/Case/23foo")) == (
        404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: 23foo",
    )  # fmt: skip


def test_unknown_columns_of_a_read_and_unknown_sobjects(api: Api) -> None:
    unknown = (400, "INVALID_FIELD", "No such column 'Bacon__c' on sobject of type Case")
    assert refusal(api("GET", f"/sobjects/Case/{create(api)}?fields=Id,Bacon__c")) == unknown
    nowhere = (404, "NOT_FOUND", "The requested resource does not exist")
    assert refusal(api("POST", "/sobjects/Starship__c", {})) == nowhere
    assert refusal(api("GET", "/sobjects/Starship__c/describe")) == nowhere


def test_a_unique_key_is_taken_once(api: Api) -> None:
    first = create(api, Handoff_Id__c="taken")
    taken = f"duplicate value found: Handoff_Id__c duplicates value on record with id: {first[:15]}"
    answer = api("POST", "/sobjects/Case", {"Handoff_Id__c": "taken"})
    assert refusal(answer) == (400, "DUPLICATE_VALUE", taken)
    assert answer.json()[0]["fields"] == []
    second = create(api, Handoff_Id__c="TAKEN")
    assert (
        refusal(api("PATCH", f"/sobjects/Case/{second}", {"Handoff_Id__c": "taken"}))[1] == "DUPLICATE_VALUE"
    )
    assert api("PATCH", f"/sobjects/Case/{first}", {"Handoff_Id__c": "taken"}).status_code == 204
    api("DELETE", f"/sobjects/Case/{first}")
    assert create(api, Handoff_Id__c="taken")


def test_a_case_is_closed_by_its_status(api: Api) -> None:
    made = create(api, Status="Closed")
    closed = api("GET", f"/sobjects/Case/{made}?fields=IsClosed,ClosedDate").json()
    assert closed["IsClosed"]
    assert closed["ClosedDate"]
    api("PATCH", f"/sobjects/Case/{made}", {"Status": "Working"})
    opened = api("GET", f"/sobjects/Case/{made}?fields=IsClosed,ClosedDate").json()
    assert (opened["IsClosed"], opened["ClosedDate"]) == (False, None)


def test_a_task_and_a_case_take_the_account_of_their_contact(api: Api) -> None:
    account = create(api, "Account", Name="Gray household")
    contact = create(api, "Contact", LastName="Gray", AccountId=account)
    case = create(api, ContactId=contact)
    assert api("GET", f"/sobjects/Case/{case}").json()["AccountId"] == account
    for links in ({"WhatId": account}, {"WhatId": case}, {"WhoId": contact}):
        task = api(
            "GET", f"/sobjects/Task/{create(api, 'Task', Status='Completed', Priority='High', **links)}"
        ).json()
        assert (task["AccountId"], task["IsClosed"], task["IsHighPriority"]) == (account, True, True)


def test_deleting_a_contact_empties_the_lookups_to_it(api: Api) -> None:
    contact = create(api, "Contact", LastName="Gray")
    case = create(api, ContactId=contact)
    api("DELETE", f"/sobjects/Contact/{contact}")
    assert api("GET", f"/sobjects/Case/{case}").json()["ContactId"] is None
    answer = api("PATCH", f"/sobjects/Case/{case}", {"ContactId": contact})
    assert refusal(answer) == (400, "ENTITY_IS_DELETED", "entity is deleted")


def test_an_address_is_put_together_from_its_parts(api: Api) -> None:
    made = create(api, "Contact", LastName="Gray", MailingCity="Portland", MailingState="OR")
    contact = api("GET", f"/sobjects/Contact/{made}").json()
    assert contact["MailingAddress"]["city"] == "Portland"
    assert contact["MailingAddress"]["street"] is None
    assert contact["OtherAddress"] is None
    assert contact["Name"] == "Gray"
