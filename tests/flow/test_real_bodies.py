"""Recorded bodies of VA's own services go through unchanged, and nothing medical comes out in the org."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce

from sf_handoff import Connector
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.embedded import Embedded
from sf_handoff.mapping import MappingSet
from tests.conftest import ROOT, Clock

VA = ROOT.parent / "shared" / "reference" / "va"
WITHHELD = ("name", "documentTypeLabel", "originalFileName", "displayName", "description", "diagnosticCode")

pytestmark = pytest.mark.skipif(not VA.is_dir(), reason="the recorded VA bodies are not beside this checkout")


def bodies() -> list[Any]:
    """Every recorded body, as the part of a payload that it stands in."""
    if not VA.is_dir():
        return []
    claim = json.loads((VA / "lighthouse_claim_600383363.json").read_text("utf-8"))
    index = json.loads((VA / "lighthouse_claims_index.json").read_text("utf-8"))["data"]
    appeals = json.loads((VA / "caseflow_appeals.json").read_text("utf-8"))["data"]
    found = [("claim 600383363", "ClaimStatus", {"claim": claim})]
    found += [(f"index {each['id']}", "ClaimsList", {"claim": each}) for each in index]
    found += [
        (f"appeal {each['id']}", "AppealDetailsScreen", {"claim": None, "appeal": each}) for each in appeals
    ]
    return [pytest.param(screen, body, id=name) for name, screen, body in found]


def private_texts(value: Any, key: str = "") -> set[str]:
    """Every text in a body that must not travel."""
    if isinstance(value, dict):
        return set().union(*(private_texts(each, name) for name, each in value.items()))
    if isinstance(value, list):
        return set().union(*(private_texts(each, key) for each in value))
    return {value} if key in WITHHELD and isinstance(value, str) and len(value) > 3 else set()


def test_every_recorded_body_is_there() -> None:
    assert len(bodies()) == 12


@pytest.mark.parametrize(("screen", "body"), bodies())
def test_a_recorded_body_is_delivered_without_its_medical_texts(
    connector: Connector, org: Embedded, clock: Clock, mappings: MappingSet, screen: str, body: dict[str, Any]
) -> None:
    payload = sample_handoff(at=clock.now, handoff_id=str(uuid.uuid4()), screen=screen, **body)
    receipt = connector.hand_off(payload)
    assert (receipt.status, receipt.api_calls) == (Status.DELIVERED, 1)
    case, task = read_back(org, mappings)
    shown = json.dumps([case, task])
    assert [text for text in private_texts(body) if text in shown] == []
    given = body.get("claim") or body["appeal"]
    given = given.get("data", given)
    assert given["id"] in (case["Handoff_Claim_Id__c"], case["Handoff_Appeal_Id__c"])


def read_back(org: Embedded, mappings: MappingSet) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one Case and the one Task, by SOQL through plain simple-salesforce, every field of ours."""
    with requests.Session() as session:
        session.verify = str(org.ca_file)
        session.trust_env = False
        client = Salesforce(
            instance_url=org.https, session_id=org.access_token(), session=session, version="66.0"
        )
        found = []
        for record_map in (mappings.case, mappings.task):
            ours = [each.api_name for each in record_map.fields if each.custom]
            answer = client.query(
                f"SELECT Id, Subject, Description, {', '.join(ours)} FROM {record_map.sobject}"
            )
            assert answer["totalSize"] == 1
            found.append(dict(answer["records"][0]))
    return found[0], found[1]
