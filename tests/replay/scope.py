"""Which exchanges are left out, and which may differ, each with the reason."""

from __future__ import annotations

from fnmatch import fnmatchcase

from tests.replay.readers import Exchange

BULK_1 = "Bulk API v1 (XML over /services/async): not offered, as our code and its clients use Bulk API 2.0"
NO_SOSL = "search (SOSL) is not offered"
NO_REPLICATION = "the replication resources (updated, deleted) are not offered"
OLD_FLOW = "of the username-password or the refresh flow; only JWT bearer and client credentials are offered"
V23 = "a describe of v23, and properties were added until v31, the oldest version that there is"
MADE_UP = "made up by its authors, not recorded"
LEFT_OUT = {
    "cumulusci/ManualEditTestDescribeOrg.test_minimal_schema #1": (
        "the describes in the answer were cut down by its authors"
    ),
    "cumulusci/ManualEdit_TestCountSObjects.*": "a 500 without a body, put there by its authors",
    "cumulusci/TestCompositeParallelSalesforce.test_composite_parallel_salesforce #1": (
        "edited by its authors: a subrequest asks for Name and the answer holds Id"
    ),
    "ampersand-connectors/*__payload": "the request of another recording, played with that one",
    "ampersand-connectors/success-with-errors": (
        f"{MADE_UP}: no REST resource answers for one record with an id, success false and errors"
    ),
    "restforce/auth_*": OLD_FLOW,
    "restforce/reauth_*": OLD_FLOW,
    "restforce/refresh_*": OLD_FLOW,
    "restforce/describe_sobjects_*": V23,
    "restforce/list_sobjects_*": V23,
    "restforce/get_*": NO_REPLICATION,
    "restforce/list_view_*": "list views are not offered",
    "restforce/query_error_response": f"{MADE_UP}: its message is 'error_message'",
    "restforce/query_paginated_*": f"{MADE_UP}: pages of one record, where Salesforce's smallest holds 200",
    "restforce/query_success_response": f"{MADE_UP}: two versions and two names of one sObject in an answer",
    "restforce/recent_*": "the recent resource is not offered",
    "restforce/search_*": NO_SOSL,
    "restforce/sobject_find_success_response": (
        "cut down by its authors: no record is without CreatedDate and SystemModstamp"
    ),
}
# Exchanges that are played and differ, each with the reason.
MAY_DIFFER: dict[str, str] = {}
OTHER_FOLDERS = {
    "LICENSES": "the licences of the recordings",
    "postman-salesforce-apis": "request shapes that Salesforce published, without an answer",
    "salesforce-reporting": "the details of report runs of v29, held against the org's reports by their own tests",
}


def left_out(exchange: Exchange) -> str | None:
    """Why the exchange is not played, if it is not."""
    if "/services/async/" in exchange.path:
        return BULK_1
    return next((reason for name, reason in LEFT_OUT.items() if fnmatchcase(exchange.id, name)), None)
