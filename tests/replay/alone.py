"""What was asked, for the recordings that hold answers alone: what the file's name and the answer tell.

Restforce's are of v20 to v26, older than the oldest version that Salesforce still answers (31), in which they
are asked here; its stand-ins for ids (`foo`) are ids here. `status` is given where the guide or the code of
the error fixes it. The requests `before` one are sent first; `{id}` in a path is what the first one made. A
text is CSV.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sf_handoff.embedded import ids


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: Any = None
    status: int | None = None
    token: str | None = None
    body_file: str | None = None
    before: tuple[Request, ...] = ()


def _query(root: str, soql: str) -> str:
    return f"{root}/query?q={soql.replace(' ', '+')}"


def contact(**fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, **fields}


def _ingest(operation: str, *rows: str, closed: bool = True) -> tuple[Request, ...]:
    """The requests that make an ingest job of Opportunities, with `rows` uploaded and perhaps closed."""
    asked = {"object": "Opportunity", "operation": operation, "contentType": "CSV"}
    if operation == "upsert":
        asked["externalIdFieldName"] = "external_id__c"
    made = Request("POST", INGEST, asked, 200)
    if not rows:
        return (made,)
    text = "".join(f"{each}\n" for each in rows)
    return (made, Request("PUT", f"{INGEST}/{{id}}/batches", text, 201), *((CLOSE,) if closed else ()))


def _opportunities(number: int, wrong: int = 0) -> list[str]:
    """So many rows, of which `wrong` lack what is required."""
    good = [f"key {each},Deal {each},Prospecting,2026-11-30" for each in range(number - wrong)]
    return ["external_id__c,Name,StageName,CloseDate", *good, *["wrong,,,"] * wrong]


V60, V31 = "/services/data/v60.0", "/services/data/v31.0"
INGEST = f"{V60}/jobs/ingest"
CLOSE = Request("PATCH", f"{INGEST}/{{id}}", {"state": "UploadComplete"}, 200)
STATE = Request("GET", f"{INGEST}/{{id}}", None, 200)
COLLECTIONS = f"{V60}/composite/sobjects"
WHIZBANG = f"{V31}/sobjects/Whizbang"
ACCOUNT = ids.with_check("001ak00000OQTie")
RECORD = ids.with_check("a0Wak00000OQTie")
CONTACTS = [ids.with_check(f"003ak00000jvIf{last}") for last in "pq"]

AMPERSAND = {
    "batch__create__contacts__success": Request(
        "POST", COLLECTIONS, status=200, body_file="batch__create__contacts__payload.json"
    ),
    "batch__create__contacts__err-bad-request": Request(
        "POST", COLLECTIONS, {"allOrNone": False, "records": []}, 400
    ),
    "batch__create__contacts__partial-but-allOrNone": Request(
        "POST",
        COLLECTIONS,
        {"allOrNone": True, "records": [contact(FirstName="Siena"), contact(LastName="Blevins")]},
    ),
    "batch__update__contacts__success": Request(
        "PATCH", COLLECTIONS, status=200, body_file="batch__update__contacts__payload.json"
    ),
    "batch__update__contacts__err-each-no-ids": Request(
        "PATCH",
        COLLECTIONS,
        {"allOrNone": False, "records": [contact(LastName="Dyer"), contact(LastName="Blevins")]},
    ),
    "batch__update__contacts__partial-but-allOrNone": Request(
        "PATCH",
        COLLECTIONS,
        {
            "allOrNone": True,
            "records": [
                contact(id=CONTACTS[0], LastName="Dyer"),
                contact(id=CONTACTS[1], unknownField_LastName="Blevins"),
            ],
        },
    ),
    "bulk__delete__launch-job-opportunity": _ingest("delete")[0],
    "bulk__delete__update-job-opportunity": replace(
        CLOSE, before=_ingest("delete", "Id", "006ak00000OQTie", closed=False)
    ),
    "bulk__info__complete-failure": replace(
        STATE,
        before=_ingest("upsert", "external_id__c,StageName_invalid_field_on_purpose", "key,Prospecting"),
    ),
    "bulk__info__in-progress": replace(STATE, before=_ingest("upsert", *_opportunities(2000))),
    "bulk__info__partial-failure": replace(
        STATE, before=(*_ingest("upsert", *_opportunities(8, wrong=1)), STATE)
    ),
    "bulk__info__success": replace(STATE, before=(*_ingest("upsert", *_opportunities(3000)), STATE)),
    "bulk__read-launch-job-account": Request(
        "POST", f"{V60}/jobs/query", {"operation": "query", "query": "SELECT Id, Name FROM Account"}, 200
    ),
    "bulk__write__launch-job-opportunity": _ingest("upsert")[0],
    "bulk__write__update-job-opportunity": replace(
        CLOSE, before=_ingest("upsert", *_opportunities(1), closed=False)
    ),
    "create-ok": Request("POST", f"{V60}/sobjects/Account", {"Name": "Acme"}, 201),
    "crm__delete__not-found": Request("DELETE", f"{V60}/sobjects/Account/{ACCOUNT}", None, 404),
    "invalid-field-upsert": Request(
        "PATCH", f"{V60}/sobjects/Account/{ACCOUNT}", {"MasterRecordId": ACCOUNT}, 400
    ),
    "read-opportunity-with-account": Request(
        "GET", _query(V60, "SELECT Id, Name, AccountId, Amount, StageName FROM Opportunity"), None, 200
    ),
    "read-opportunity-with-contacts": Request(
        "GET",
        _query(
            V60,
            "SELECT Id, Name, Amount, StageName, (SELECT Id, ContactId, Role FROM OpportunityContactRoles) "
            "FROM Opportunity",
        ),
        None,
        200,
    ),
    "unknown-field": Request("POST", f"{V60}/sobjects/Account", {"AccountNumer": "1"}, 400),
    "unknown-object": Request(
        "GET", _query(V60, "SELECT Id,Name,BillingCity,IsDeleted FROM Accout"), None, 400
    ),
}
RESTFORCE = {
    "create_success_response": Request("POST", WHIZBANG, {"Text_Label": "Hi there!"}, 201),
    "delete_error_response": Request("DELETE", f"{WHIZBANG}/rid/1234", None, 404),
    "expired_session_response": Request("GET", f"{V31}/sobjects", None, 401, token="expired"),
    "org_query_response": Request("GET", _query(V31, "SELECT Id FROM Organization"), None, 200),
    "query_aggregate_success_response": Request(
        "GET",
        _query(V31, "SELECT CampaignId, SUM(Amount) FROM Opportunity GROUP BY CampaignId").replace(
            "(", "%28"
        ),
        None,
        200,
    ),
    "query_empty_response": Request("GET", _query(V31, "SELECT Id FROM Whizbang"), None, 200),
    "services_data_success_response": Request("GET", "/services/data", None, 200),
    "sobject_describe_error_response": Request("GET", f"{V31}/sobjects/Whizbangs/describe", None, 404),
    "sobject_find_error_response": Request("GET", f"{WHIZBANG}/23foo", None, 404),
    "sobject_select_success_response": Request(
        "GET", f"{WHIZBANG}/{RECORD}?fields=External_Field__c", None, 200
    ),
    "upsert_created_success_response": Request(
        "PATCH", f"{WHIZBANG}/External_Field__c/1234", {"Text_Label": "Hi there!"}, 201
    ),
    "upsert_error_response": Request("PATCH", f"{WHIZBANG}/Namez/1234", {"Text_Label": "Hi"}, 404),
    "upsert_multiple_error_response": Request(
        "PATCH", f"{WHIZBANG}/External_Field__c/1234", {"Text_Label": "Hi"}, 300
    ),
    "write_error_response": Request("POST", f"{V31}/sobjects/Bar", {"foo": "bar"}, 400),
}
REQUESTS = {"ampersand-connectors": AMPERSAND, "restforce": RESTFORCE}
