from __future__ import annotations

from collections.abc import Iterator

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import QUEUE, Api, an_org, refusal

KEY = "/sobjects/Case/Handoff_Id__c"


def test_upsert_creates_then_updates(api: Api, org: Embedded) -> None:
    first = api("PATCH", f"{KEY}/one", {"Subject": "Call"})
    made = first.json()["id"]
    assert first.status_code == 201
    assert first.json() == {"id": made, "success": True, "errors": [], "created": True}
    assert first.headers["Location"].endswith(f"/sobjects/Case/{made}")
    again = api("PATCH", f"{KEY}/one", {"Subject": "Call again"})
    assert (again.status_code, again.json()) == (200, {**first.json(), "created": False})
    held = [each for each in org.records("Case") if each["Handoff_Id__c"] == "one"]
    assert [each["Subject"] for each in held] == ["Call again"]


def test_before_v46_an_update_is_silent(api: Api) -> None:
    first = api("PATCH", f"{KEY}/old", {}, version="45.0")
    assert (first.status_code, "created" in first.json()) == (201, False)
    assert api("PATCH", f"{KEY}/old", {}, version="45.0").status_code == 204
    assert api("PATCH", f"{KEY}/old", {}, version="46.0").status_code == 200


def test_the_key_is_percent_encoded_and_case_sensitive(api: Api) -> None:
    path = f"{KEY}/a%2Fb%20c%C3%A9"
    made = api("PATCH", path, {}).json()["id"]
    assert api("GET", path).json()["Handoff_Id__c"] == "a/b cé"
    assert api("PATCH", f"{KEY}/A%2Fb%20c%C3%A9", {}).json()["id"] != made


def test_several_matches_are_listed_and_nothing_is_written(api: Api, org: Embedded) -> None:
    twins = [org.create("Contact", LastName="Reyes", ICN__c="55") for _ in range(2)]
    path = "/sobjects/Contact/ICN__c/55"
    for method in ("GET", "PATCH", "DELETE"):
        answer = api(method, path, {"FirstName": "Morgan"})
        assert answer.status_code == 300
        assert answer.json() == [f"/services/data/v66.0/sobjects/Contact/{each}" for each in twins]
    assert {each["FirstName"] for each in org.records("Contact") if each["ICN__c"] == "55"} == {None}


@pytest.mark.parametrize("field", ["Subject", "Bacon__c"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_field_that_is_no_key(api: Api, method: str, field: str) -> None:
    answer = api(method, f"/sobjects/Case/{field}/x", {})
    message = f"Provided external ID field does not exist or is not accessible: {field}"
    assert refusal(answer) == (404, "NOT_FOUND", message)


@pytest.mark.parametrize("field", ["Id", "Handoff_Id__c", "handoff_id__c"])
def test_key_and_id_stay_out_of_the_body(api: Api, field: str) -> None:
    status, code, message = refusal(api("PATCH", f"{KEY}/body", {field: "body"}))
    assert (status, code) == (400, "INVALID_FIELD")
    assert message.lower() == f"the {field.lower()} field should not be specified in the sobject data."


def test_update_only_makes_nothing(api: Api, org: Embedded) -> None:
    before = len(org.records("Case"))
    assert refusal(api("PATCH", f"{KEY}/new?updateOnly=true", {}))[:2] == (404, "NOT_FOUND")
    assert len(org.records("Case")) == before
    api("PATCH", f"{KEY}/new", {})
    assert api("PATCH", f"{KEY}/new?updateOnly=true", {}).status_code == 200


def test_upsert_by_id_updates_and_never_creates(api: Api, org: Embedded) -> None:
    made = org.create("Case")
    assert api("PATCH", f"/sobjects/Case/Id/{made}", {"Subject": "x"}).json()["created"] is False
    assert refusal(api("PATCH", "/sobjects/Case/Id/500EO00000zzzzz", {}))[1] == "NOT_FOUND"


def test_a_key_is_checked_like_any_value(api: Api) -> None:
    assert refusal(api("PATCH", f"{KEY}/{'k' * 65}", {}))[1] == "STRING_TOO_LONG"
    assert refusal(api("PATCH", "/sobjects/Contact/ICN__c/88", {}))[1] == "REQUIRED_FIELD_MISSING"


def test_read_and_delete_by_key(api: Api) -> None:
    made = api("PATCH", f"{KEY}/read", {"Subject": "x"}).json()["id"]
    shown = api("GET", f"{KEY}/read?fields=Subject").json()
    assert (shown["Id"], shown["Subject"]) == (made, "x")
    assert api("DELETE", f"{KEY}/read").status_code == 204
    assert refusal(api("GET", f"{KEY}/read"))[:2] == (404, "NOT_FOUND")
    assert refusal(api("DELETE", f"{KEY}/read"))[:2] == (404, "NOT_FOUND")
    assert api("PATCH", f"{KEY}/read", {}).status_code == 201


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with an_org(tmp_path_factory.mktemp("ruled")) as org:
        api = Api(org)
        with api.http:
            yield api


@pytest.mark.parametrize(
    ("headers", "kept"),
    [({}, False), ({"Sforce-Auto-Assign": "TRUE"}, False), ({"Sforce-Auto-Assign": "FALSE"}, True)],
)
def test_without_the_header_the_assignment_rule_takes_the_case(
    ruled: Api, headers: dict[str, str], kept: bool
) -> None:
    org = ruled.org
    names = {each["Id"]: each["DeveloperName"] for each in org.records("Group")}
    queue = next(record for record, name in names.items() if name == QUEUE)
    case = org.create("Case", OwnerId=queue)
    ruled("PATCH", f"/sobjects/Case/{case}", {"Subject": "x"}, headers=headers)
    made = ruled("POST", "/sobjects/Case", {"OwnerId": queue}, headers=headers).json()["id"]
    owners = {each["Id"]: names.get(each["OwnerId"]) for each in org.records("Case")}
    assert {owners[case], owners[made]} == {QUEUE if kept else "Default_Case_Owner"}
