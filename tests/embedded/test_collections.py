"""sObject Collections: one verdict a record, all or none, and what is refused as a whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from sf_handoff.embedded import Embedded
from tests.embedded.test_batch import place
from tests.embedded.test_composite import part
from tests.embedded.world import JESSE, Api, an_org, refusal

MANY = "/composite/sobjects"
KEYED = f"{MANY}/Case/Handoff_Id__c"
NOWHERE = (404, "NOT_FOUND", "The requested resource does not exist")
ABSENT = "500EO0000000zzz"


def of(kind: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind}, **fields}


def send(api: Api, method: str, path: str, *records: Any, all_or_none: bool = False) -> requests.Response:
    return api(method, path, {"allOrNone": all_or_none, "records": list(records)})


def items(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def verdicts(found: list[dict[str, Any]]) -> list[str]:
    """`ok` or the code of each, once its shape is right."""
    for each in found:
        if each["success"]:
            assert (set(each) - {"created"}, each["errors"]) == ({"id", "success", "errors"}, [])
        else:
            assert set(each) == {"success", "errors"}
            assert [set(error) for error in each["errors"]] == [{"statusCode", "message", "fields"}]
    return ["ok" if each["success"] else each["errors"][0]["statusCode"] for each in found]


def known(org: Embedded, sobject: str, field: str) -> list[Any]:
    return [each[field] for each in org.records(sobject)]


def test_create_answers_in_order_and_costs_one_call(api: Api, org: Embedded) -> None:
    calls = org.api_calls
    answer = send(
        api, "POST", MANY, of("Case", Subject="c1"), of("contact", LastName="c2"), of("Case", Subject="c3")
    )
    found = items(answer)
    assert verdicts(found) == ["ok", "ok", "ok"]
    assert [each["id"][:3] for each in found] == ["500", "003", "500"]
    subjects = {each["Id"]: each["Subject"] for each in org.records("Case")}
    assert (subjects[found[0]["id"]], subjects[found[2]["id"]]) == ("c1", "c3")
    assert org.api_calls == calls + 1


def test_each_record_stands_alone(api: Api, org: Embedded) -> None:
    answer = send(
        api, "POST", MANY,
        of("Contact", FirstName="Sam"),
        of("Contact", LastName="alone"),
        of("Contact", LastName="x", Bacon__c=1),
        of("Bacon__c", Name="x"),
        of("Contact", Id=org.records("Contact")[0]["Id"], LastName="x"),
    )  # fmt: skip
    assert [each["errors"] for each in items(answer)] == [
        [{"statusCode": "REQUIRED_FIELD_MISSING", "message": "Required fields are missing: [LastName]",
          "fields": ["LastName"]}],
        [],
        [{"statusCode": "INVALID_FIELD", "message": "No such column 'Bacon__c' on sobject of type Contact",
          "fields": []}],
        [{"statusCode": "INVALID_TYPE", "message": "sObject type 'Bacon__c' is not supported.", "fields": []}],
        [{"statusCode": "INVALID_FIELD_FOR_INSERT_UPDATE", "message": "cannot specify Id in an insert call",
          "fields": ["Id"]}],
    ]  # fmt: skip
    assert verdicts(items(answer))[1] == "ok"
    assert known(org, "Contact", "LastName").count("alone") == 1


def test_a_refused_record_leaves_no_trace(api: Api, org: Embedded) -> None:
    case = org.create("Case", Handoff_Id__c="taken")
    found = items(send(api, "POST", MANY, of("Case", Handoff_Id__c="taken"), of("Case")))
    assert verdicts(found) == ["DUPLICATE_VALUE", "ok"]
    assert place(found[1]["id"]) == place(case) + 1


@pytest.mark.parametrize("bad_first", [True, False])
def test_all_or_none_takes_everything_back(api: Api, org: Embedded, bad_first: bool) -> None:
    before = org.records("Contact")
    records = [of("Contact", LastName="first"), of("Contact", FirstName="bad"), of("Contact", Bacon__c=1)]
    order = [1, 0, 2] if bad_first else [0, 1, 2]
    answer = send(api, "POST", MANY, *(records[at] for at in order), all_or_none=True)
    expected = ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING", "INVALID_FIELD"]
    assert verdicts(items(answer)) == [expected[at] for at in order]
    rolled_back = answer.json()[order.index(0)]
    assert rolled_back["errors"][0]["fields"] == []
    assert rolled_back["errors"][0]["message"] == (
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    assert org.records("Contact") == before
    good = send(api, "POST", MANY, of("Contact", LastName="all"), all_or_none=True)
    assert verdicts(items(good)) == ["ok"]


def test_only_true_means_all_or_none(api: Api) -> None:
    records = [of("Contact", LastName="true"), of("Contact")]
    answer = api("POST", MANY, {"allOrNone": "true", "records": records})
    assert verdicts(items(answer)) == ["ok", "REQUIRED_FIELD_MISSING"]


def test_update_by_id_in_any_case(api: Api, org: Embedded) -> None:
    case, contact = org.create("Case"), org.create("Contact", LastName="Reyes")
    found = items(
        send(
            api, "PATCH", MANY, of("Case", id=case, Subject="new"), of("Contact", Id=contact[:15], Title="T")
        )
    )
    assert found == [
        {"id": case, "success": True, "errors": []},
        {"id": contact, "success": True, "errors": []},
    ]
    assert known(org, "Case", "Subject").count("new") == 1
    assert known(org, "Contact", "Title").count("T") == 1


def test_what_an_update_refuses(api: Api, org: Embedded) -> None:
    case, gone, twin = org.create("Case"), org.create("Case"), org.create("Case")
    api("DELETE", f"/sobjects/Case/{gone}")
    contact = org.records("Contact")[0]["Id"]
    given = [None, "nonsense", ABSENT, gone, contact, twin, twin[:15], case]
    found = items(send(api, "PATCH", MANY, *(of("Case", Id=each, Subject="u") for each in given)))
    assert verdicts(found) == [
        "MISSING_ARGUMENT", "MALFORMED_ID", "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED", "MALFORMED_ID",
        "DUPLICATE_VALUE", "DUPLICATE_VALUE", "ok",
    ]  # fmt: skip
    assert [each["errors"][0]["message"] for each in found[:-1]] == [
        "Id not specified in an update call",
        "malformed id nonsense",
        "invalid cross reference id",
        "entity is deleted",
        f"Case ID: id value of incorrect type: {contact}",
        f"Duplicate id specified: {twin}",
        f"Duplicate id specified: {twin[:15]}",
    ]
    assert [each["errors"][0]["fields"] for each in found[:-1]] == [[], [], [], [], ["Id"], [], []]


def test_update_all_or_none(api: Api, org: Embedded) -> None:
    case = org.create("Case", Subject="kept")
    answer = send(
        api, "PATCH", MANY, of("Case", Id=case, Subject="lost"), of("Case", Subject="x"), all_or_none=True
    )
    assert verdicts(items(answer)) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "MISSING_ARGUMENT"]
    assert next(each["Subject"] for each in org.records("Case") if each["Id"] == case) == "kept"


def test_upsert_creates_and_updates(api: Api, org: Embedded) -> None:
    made = org.create("Case", Handoff_Id__c="u1")
    found = items(
        send(
            api, "PATCH", KEYED,
            of("Case", Handoff_Id__c="u2", Subject="new"), of("case", handoff_id__c="u1", Subject="old"),
        )
    )  # fmt: skip
    assert [each["created"] for each in found] == [True, False]
    assert found[1] == {"id": made, "success": True, "errors": [], "created": False}
    held = {each["Handoff_Id__c"]: (each["Id"], each["Subject"]) for each in org.records("Case")}
    assert (held["u1"], held["u2"]) == ((made, "old"), (found[0]["id"], "new"))


def test_what_an_upsert_refuses(api: Api, org: Embedded) -> None:
    for _ in range(2):
        org.create("Contact", LastName="Twin", ICN__c="77")
    before = len(org.records("Contact"))
    keys = ["77", None, "", "k1", "K1", "9" * 18]
    path = f"{MANY}/Contact/ICN__c"
    found = items(send(api, "PATCH", path, *(of("Contact", ICN__c=each, LastName="U") for each in keys)))
    assert verdicts(found) == [
        "DUPLICATE_EXTERNAL_ID", "MISSING_ARGUMENT", "MISSING_ARGUMENT", "DUPLICATE_VALUE", "DUPLICATE_VALUE",
        "STRING_TOO_LONG",
    ]  # fmt: skip
    assert [found[at]["errors"][0]["message"] for at in (1, 3, 4)] == [
        "ICN__c not specified",
        "Duplicate external id specified: k1",
        "Duplicate external id specified: K1",
    ]
    assert found[3]["errors"][0]["fields"] == ["ICN__c"]
    assert len(org.records("Contact")) == before


def test_keys_that_differ_in_case_are_two_where_the_field_says_so(api: Api) -> None:
    found = items(
        send(api, "PATCH", KEYED, of("Case", Handoff_Id__c="case"), of("Case", Handoff_Id__c="CASE"))
    )
    assert [each["created"] for each in found] == [True, True]


def test_upsert_by_id(api: Api, org: Embedded) -> None:
    case, twin = org.create("Case"), org.create("Case")
    given: list[dict[str, str | None]]
    given = [{"Id": case}, {"Id": None}, {}, {"Id": ABSENT}, {"Id": twin}, {"Id": twin}]
    found = items(
        send(api, "PATCH", f"{MANY}/Case/Id", *(of("Case", Subject="by id", **each) for each in given))
    )
    assert verdicts(found) == [
        "ok", "ok", "ok", "INVALID_CROSS_REFERENCE_KEY", "DUPLICATE_VALUE", "DUPLICATE_VALUE"
    ]  # fmt: skip
    assert [each.get("created") for each in found[:3]] == [False, True, True]
    odd = send(api, "PATCH", f"{MANY}/Case/Id", of("Case", Subject="by id", Id=[]))
    assert verdicts(items(odd)) == ["MALFORMED_ID"]
    assert known(org, "Case", "Subject").count("by id") == 3


def test_upsert_all_or_none(api: Api, org: Embedded) -> None:
    records = [of("Case", Handoff_Id__c="none"), of("Case", Handoff_Id__c="x", Id=ABSENT)]
    found = items(send(api, "PATCH", KEYED, *records, all_or_none=True))
    assert verdicts(found) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_FIELD"]
    assert "none" not in known(org, "Case", "Handoff_Id__c")


def test_links_and_headers_reach_each_record(tmp_path: Path) -> None:
    with an_org(tmp_path) as org:
        api = Api(org)
        person = {"ICN__c": JESSE["ICN__c"]}
        with api.http:
            body = {
                "records": [
                    of("Case", Handoff_Id__c="l", Contact=person, OwnerId=org.records("User")[0]["Id"])
                ]
            }
            api("PATCH", KEYED, body, headers={"Sforce-Auto-Assign": "FALSE"})
            (case,) = org.records("Case")
            assert (case["ContactId"], case["OwnerId"][:3]) == (org.records("Contact")[0]["Id"], "005")
            api("PATCH", KEYED, body)
            assert org.records("Case")[0]["OwnerId"][:3] == "00G"


def test_delete(api: Api, org: Embedded) -> None:
    case, contact = org.create("Case"), org.create("Contact", LastName="Gone")
    wanted = [case, contact, "nonsense", ABSENT, "a01EO0000000001", case]
    found = items(api("DELETE", MANY, params={"ids": ",".join(wanted)}))
    assert verdicts(found) == [
        "ok", "ok", "MALFORMED_ID", "INVALID_CROSS_REFERENCE_KEY", "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_DELETED",
    ]  # fmt: skip
    assert [found[0]["id"], found[1]["id"]] == [case, contact]
    assert case not in known(org, "Case", "Id") and contact not in known(org, "Contact", "Id")


def test_delete_all_or_none(api: Api, org: Embedded) -> None:
    case = org.create("Case")
    answer = api("DELETE", MANY, params={"ids": f"{case},{ABSENT}", "allOrNone": "true"})
    expected = ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    assert verdicts(items(answer)) == expected
    assert case in known(org, "Case", "Id")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_read_in_the_order_of_the_ids(api: Api, org: Embedded, method: str) -> None:
    case, gone = org.create("Case", Subject="r"), org.create("Case")
    api("DELETE", f"/sobjects/Case/{gone}")
    contact = org.records("Contact")[0]["Id"]
    wanted, fields = [gone, "nonsense", contact, case[:15], ABSENT, case], ["subject", "Id"]
    if method == "GET":
        answer = api("GET", f"{MANY}/Case", params={"ids": ",".join(wanted), "fields": ", ".join(fields)})
    else:
        answer = api("POST", f"{MANY}/case", {"ids": wanted, "fields": fields})
    url = f"/services/data/v66.0/sobjects/Case/{case}"
    shown = {"attributes": {"type": "Case", "url": url}, "Subject": "r", "Id": case}
    assert items(answer) == [None, None, None, shown, None, shown]
    alone = items(api("POST", f"{MANY}/Case", {"ids": [case], "fields": ["Subject"]}))
    assert alone == [shown]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"fields": ["Id"]}, (400, "MISSING_ARGUMENT", "ids not specified")),
        ({"ids": [ABSENT], "fields": []}, (400, "MISSING_ARGUMENT", "fields not specified")),
        ({"ids": [ABSENT], "fields": ["Bacon"]},
         (400, "INVALID_FIELD", "No such column 'Bacon' on sobject of type Case")),
        ({"ids": ABSENT, "fields": ["Id"]},
         (400, "JSON_PARSER_ERROR", "ids must be a list of strings at [line:1, column:2]")),
        ({"ids": [ABSENT] * 2001, "fields": ["Id"]},
         (400, "EXCEEDED_ID_LIMIT",
          "record limit reached. cannot submit more than 2000 records into this call")),
    ],
)  # fmt: skip
def test_what_a_read_refuses(api: Api, body: Any, expected: tuple[int, str, str]) -> None:
    assert refusal(api("POST", f"{MANY}/Case", body)) == expected


def test_two_thousand_can_be_read(api: Api) -> None:
    answer = api("POST", f"{MANY}/Case", {"ids": [ABSENT] * 2000, "fields": ["Id"]})
    assert items(answer) == [None] * 2000


LIMIT = "record limit reached. cannot submit more than 200 records into this call"
NO_TYPE = (400, "INVALID_INPUT", "Include an entity type for each record in the request.")
NO_LIST = (400, "JSON_PARSER_ERROR", "records must be a list of objects at [line:1, column:2]")


@pytest.mark.parametrize(("method", "path"), [("POST", MANY), ("PATCH", MANY), ("PATCH", KEYED)])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"records": []}, (400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")),
        ({"allOrNone": False}, (400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")),
        ({"records": [of("Case")] * 201}, (400, "EXCEEDED_ID_LIMIT", LIMIT)),
        ({"records": [{"Subject": "x"}]}, NO_TYPE),
        ({"records": [of("Case"), {"attributes": "Case"}]}, NO_TYPE),
        ({"records": [of("")]}, NO_TYPE),
        ({"records": "text"}, NO_LIST),
        ({"records": ["text"]}, NO_LIST),
    ],
)
def test_what_is_refused_as_a_whole(
    api: Api, method: str, path: str, body: Any, expected: tuple[int, str, str]
) -> None:
    assert refusal(api(method, path, body)) == expected


def test_two_hundred_are_taken_at_once(api: Api, org: Embedded) -> None:
    before = len(org.records("Contact"))
    answer = send(api, "POST", MANY, *(of("Contact", LastName=f"L{at}") for at in range(200)))
    assert verdicts(items(answer)) == ["ok"] * 200
    assert known(org, "Contact", "LastName")[before:] == [f"L{at}" for at in range(200)]


def test_ten_runs_of_one_type_and_no_more(api: Api, org: Embedded) -> None:
    runs = [of("Contact", LastName="run"), of("contact", LastName="run"), of("Case")] * 5
    assert verdicts(items(send(api, "POST", MANY, *runs))) == ["ok"] * 15
    code = "LIMIT_EXCEEDED"
    message = (
        "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
    )
    for method in ("POST", "PATCH"):
        assert refusal(send(api, method, MANY, *runs, runs[0])) == (400, code, message)


def test_delete_wants_between_one_and_two_hundred(api: Api) -> None:
    none = (400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")
    assert refusal(api("DELETE", MANY)) == none
    assert refusal(api("DELETE", MANY, params={"ids": ","})) == none
    many = ",".join([ABSENT] * 201)
    assert refusal(api("DELETE", MANY, params={"ids": many})) == (400, "EXCEEDED_ID_LIMIT", LIMIT)


def test_an_upsert_is_of_one_type_and_by_a_key(api: Api) -> None:
    message = "Every record of this request must be of type Case."
    assert refusal(send(api, "PATCH", KEYED, of("Case"), of("Contact"))) == (400, "INVALID_INPUT", message)
    path = f"{MANY}/Case/Subject"
    message = "Provided external ID field does not exist or is not accessible: Subject"
    assert refusal(send(api, "PATCH", path, of("Case", Subject="x"))) == (404, "NOT_FOUND", message)
    assert refusal(send(api, "PATCH", f"{MANY}/Bacon/Id", of("Bacon"))) == NOWHERE
    assert refusal(api("GET", f"{MANY}/Bacon", params={"ids": ABSENT, "fields": "Id"})) == NOWHERE


def test_methods_and_versions(api: Api) -> None:
    allowed = "HTTP Method 'PUT' not allowed. Allowed are DELETE,HEAD,PATCH,POST"
    assert refusal(api("PUT", MANY, {})) == (405, "METHOD_NOT_ALLOWED", allowed)
    body = {"records": [of("Case", Handoff_Id__c="version")]}
    assert refusal(api("POST", MANY, body, version="41.0")) == NOWHERE
    assert verdicts(items(api("POST", MANY, {"records": [of("Case")]}, version="42.0"))) == ["ok"]
    assert refusal(api("PATCH", KEYED, body, version="45.0")) == NOWHERE
    assert verdicts(items(api("PATCH", KEYED, body, version="46.0"))) == ["ok"]
    composed = {"compositeRequest": [part("POST", MANY, "many", body)]}
    assert refusal(api("POST", "/composite", composed, version="37.0")) == NOWHERE
    assert api("POST", "/composite", composed, version="38.0").status_code == 200


def parts(*, inner: bool, tag: str) -> list[dict[str, Any]]:
    records = [of("Contact", LastName=tag), of("Contact", FirstName="bad")]
    return [
        part("POST", MANY, "many", {"allOrNone": inner, "records": records}),
        part("POST", "/sobjects/Contact", "one", {"LastName": tag}),
    ]


@pytest.mark.parametrize(("inner", "kept"), [(False, 2), (True, 1)])
def test_in_a_composite_the_inner_flag_counts(api: Api, org: Embedded, inner: bool, kept: int) -> None:
    many, one = api.composite(*parts(inner=inner, tag=f"inner{inner}"))
    assert (many["httpStatusCode"], one["httpStatusCode"]) == (200, 201)
    first = "ALL_OR_NONE_OPERATION_ROLLED_BACK" if inner else "ok"
    assert verdicts(many["body"]) == [first, "REQUIRED_FIELD_MISSING"]
    assert known(org, "Contact", "LastName").count(f"inner{inner}") == kept


@pytest.mark.parametrize("inner", [False, True])
def test_the_outer_flag_outranks_it(api: Api, org: Embedded, inner: bool) -> None:
    before = org.records("Contact")
    many, one = api.composite(*parts(inner=inner, tag="outer"), all_or_none=True)
    assert verdicts(many["body"]) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert one["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert (many["httpStatusCode"], one["httpStatusCode"]) == (200, 400)
    assert org.records("Contact") == before


def test_the_outer_flag_reaches_a_delete(api: Api, org: Embedded) -> None:
    case = org.create("Case")
    (answer,) = api.composite(part("DELETE", f"{MANY}?ids={case},{ABSENT}", "gone"), all_or_none=True)
    expected = ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_CROSS_REFERENCE_KEY"]
    assert verdicts(answer["body"]) == expected
    assert case in known(org, "Case", "Id")


def test_later_parts_refer_to_single_records(api: Api, org: Embedded) -> None:
    answers = api.composite(
        part("PATCH", KEYED, "cases", {"records": [of("Case", Handoff_Id__c=f"ref{at}") for at in range(2)]}),
        part("POST", MANY, "tasks", {"records": [of("Task", WhatId="@{cases[1].id}")]}),
        part("GET", f"{MANY}/Case?ids=@{{cases[0].id}}&fields=Handoff_Id__c", "read"),
    )
    assert [each["httpStatusCode"] for each in answers] == [200, 200, 200]
    task = next(each for each in org.records("Task") if each["Id"] == answers[1]["body"][0]["id"])
    assert task["WhatId"] == answers[0]["body"][1]["id"]
    assert answers[2]["body"][0]["Handoff_Id__c"] == "ref0"


def test_a_composite_holds_five_of_them(api: Api) -> None:
    reads = [part("GET", f"{MANY}/Case?ids={ABSENT}&fields=Id", f"r{at}") for at in range(4)]
    reads += [part("GET", f"/{name}?q=SELECT+Id+FROM+Case", name) for name in ("query", "queryAll")]
    assert len(api.composite(*reads[:5])) == 5
    answer = api("POST", "/composite", {"compositeRequest": reads})
    assert refusal(answer)[2] == "A Composite takes at most 5 queries and collections"


@pytest.mark.parametrize(
    ("name", "method", "body"),
    [
        ("batch__create__contacts__success", "POST",
         {"records": [of("Contact", LastName="Dyer"), of("Contact", LastName="Blevins")]}),
        ("batch__create__contacts__partial-but-allOrNone", "POST",
         {"allOrNone": True, "records": [of("Contact", FirstName="Siena"), of("Contact", LastName="Blevins")]}),
        ("batch__update__contacts__err-each-no-ids", "PATCH",
         {"records": [of("Contact", LastName="Dyer"), of("Contact", LastName="Blevins")]}),
        ("batch__update__contacts__partial-but-allOrNone", "PATCH",
         {"allOrNone": True,
          "records": [of("Contact", Id="{id}"), of("Contact", Id="{other}", unknownField_LastName="x")]}),
        ("batch__create__contacts__err-bad-request", "POST", {"records": []}),
    ],
)  # fmt: skip
def test_recorded_answers(
    api: Api, org: Embedded, recorded: Path, name: str, method: str, body: dict[str, Any]
) -> None:
    people = iter([org.create("Contact", LastName="Dyer"), org.create("Contact", LastName="Blevins")])
    records = [each | ({"Id": next(people)} if "Id" in each else {}) for each in body["records"]]
    real = json.loads((recorded / f"ampersand-connectors/{name}.json").read_text("utf-8"))
    found = api(method, MANY, {**body, "records": records}).json()
    for each in (*real, *found):
        each.pop("id", None)
    assert found == real
    assert [list(each) for each in found] == [list(each) for each in real]
