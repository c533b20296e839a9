"""The peers, used as their documentation shows, or as far by hand as it lets one go.

https://simple-salesforce.readthedocs.io/ · https://georgebv.github.io/aiosalesforce/ ·
https://tenacity.readthedocs.io/

A way is opened once, and then does one tap or many. All have what is best for them: one connection kept, no
look at the environment for each request, the records ready to be sent.
"""

from __future__ import annotations

import asyncio
import csv
import io
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import requests
import tenacity
from simple_salesforce import Salesforce, exceptions, format_soql

from benchmarks.served import Served
from benchmarks.workload import A_CALL, DATA, VERSION, Work

KEY = "Handoff_Id__c"
IN_FLIGHT = 25

# simple-salesforce


def simple(org: Served) -> Any:
    """With a session of an org that no client gets to by its name."""
    session = requests.Session()
    session.trust_env = False
    session.verify = org.env["EMBEDDED_CA_FILE"]
    token, url = org.env["EMBEDDED_ACCESS_TOKEN"], org.env["EMBEDDED_HTTPS"]
    return Salesforce(instance_url=url, session_id=token, session=session, version=VERSION)


def rows(sf: Any, each: Work) -> None:
    """Find the Contact, upsert the Case, create the Task: three calls."""
    contact = sf.query(format_soql("SELECT Id FROM Contact WHERE ICN__c = {}", each.icn))["records"][0]["Id"]
    case = {**each.case, "ContactId": contact}
    made = sf.Case.upsert(f"{KEY}/{each.key}", case, raw_response=True)
    sf.Task.create({**each.task, "WhatId": made.json()["id"], "WhoId": contact})


def composed(sf: Any, each: Work) -> None:
    """Both in one call. The library has no words for it but `restful`."""
    parts = [
        {
            "method": "PATCH",
            "url": f"{DATA}/sobjects/Case/{KEY}/{each.key}",
            "referenceId": "case",
            "body": {**each.case, "Contact": {"ICN__c": each.icn}},
        },
        {
            "method": "POST",
            "url": f"{DATA}/sobjects/Task",
            "referenceId": "task",
            "body": {**each.task, "WhatId": "@{case.id}", "Who": who(each)},
        },
    ]
    answer = sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    if any(part["httpStatusCode"] >= 300 for part in answer["compositeResponse"]):
        raise SystemExit("composed: refused")


def who(each: Work) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, "ICN__c": each.icn}


def row_loop(sf: Any, work: Sequence[Work]) -> None:
    for each in work:
        rows(sf, each)


def collections(sf: Any, work: Sequence[Work]) -> None:
    """Two calls for each 200: their Cases, then their Tasks on the Ids that came back."""
    for at in range(0, len(work), A_CALL):
        some = work[at : at + A_CALL]
        cases = [
            {"attributes": {"type": "Case"}, **each.case, KEY: each.key, "Contact": {"ICN__c": each.icn}}
            for each in some
        ]
        made = accepted(sf, f"composite/sobjects/Case/{KEY}", "PATCH", cases)
        tasks = [
            {"attributes": {"type": "Task"}, **each.task, "WhatId": case, "Who": who(each)}
            for each, case in zip(some, made, strict=True)
        ]
        accepted(sf, "composite/sobjects", "POST", tasks)


def accepted(sf: Any, path: str, method: str, records: list[dict[str, Any]]) -> list[str]:
    answer = sf.restful(path, method=method, json={"allOrNone": False, "records": records})
    if not all(each["success"] for each in answer):
        raise SystemExit("collections: refused")
    return [each["id"] for each in answer]


def bulk(sf: Any, work: Sequence[Work]) -> None:
    """Two jobs by Bulk API 2.0, from files; the Cases' Ids are in the results of the first."""
    cases = [{**each.case, KEY: each.key, "Contact.ICN__c": each.icn} for each in work]
    job = by_file(cases, lambda path: sf.bulk2.Case.upsert(csv_file=path, external_id_field=KEY))
    results = csv.DictReader(io.StringIO(sf.bulk2.Case.get_successful_records(job)))
    ids = {each[KEY]: each["sf__Id"] for each in results}
    tasks = [{**each.task, "WhatId": ids[each.key], "Contact:Who.ICN__c": each.icn} for each in work]
    job = by_file(tasks, lambda path: sf.bulk2.Task.insert(csv_file=path))
    if sf.bulk2.Task.get_failed_records(job).count("\n") > 1:
        raise SystemExit("bulk: refused")


def by_file(records: Sequence[dict[str, Any]], send: Callable[[str], Any]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            names = sorted({name for each in records for name in each})
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)
        (done,) = send(str(path))
    return str(done["job_id"])


# simple-salesforce, when things fail


class SignedIn:
    """Runs a tap, and once more on a new session where the old one is over."""

    def __init__(self, org: Served) -> None:
        self._org, self._sf = org, simple(org)

    def rows(self, each: Work) -> None:
        try:
            rows(self._sf, each)
        except exceptions.SalesforceExpiredSession:
            self._sf = simple(self._org)
            rows(self._sf, each)


FAILURES = (exceptions.SalesforceError, requests.RequestException)


def skipping(client: SignedIn, work: Sequence[Work]) -> None:
    """What fails is noted and left out."""
    for each in work:
        try:
            client.rows(each)
        except FAILURES:
            continue


def retrying(client: SignedIn, work: Sequence[Work]) -> None:
    """What fails is tried again, five times in all."""
    again = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(FAILURES),
        stop=tenacity.stop_after_attempt(5),
        wait=tenacity.wait_random_exponential(multiplier=0.05, max=1),
        reraise=True,
    )
    for each in work:
        again(client.rows, each)


# aiosalesforce


class Aio:
    """The client, and the loop it lives in."""

    def __init__(self, org: Served) -> None:
        import httpx
        from aiosalesforce import Salesforce as AioSalesforce
        from aiosalesforce.auth import JwtBearerFlow

        class Client(AioSalesforce):
            base_url = org.env["EMBEDDED_HTTPS"]  # it takes no address but My Domains

            def __setattr__(self, name: str, value: Any) -> None:
                if name != "base_url":
                    super().__setattr__(name, value)

        env = org.env
        trust = ssl.create_default_context(cafile=env["EMBEDDED_CA_FILE"])
        auth = JwtBearerFlow(
            env["SF_HANDOFF_CLIENT_ID"], env["SF_HANDOFF_USERNAME"], env["SF_HANDOFF_PRIVATE_KEY_FILE"]
        )
        http = httpx.AsyncClient(verify=trust, trust_env=False, timeout=60)
        self._loop = asyncio.Runner()
        self.client: Any = Client(http, env["EMBEDDED_HTTPS"], auth, version=VERSION)

    def run(self, doing: Callable[[], Awaitable[None]]) -> None:
        async def done() -> None:
            await doing()

        self._loop.run(done())

    async def rows(self, each: Work) -> None:
        soql = f"SELECT Id FROM Contact WHERE ICN__c = '{each.icn}'"
        (contact,) = [found["Id"] async for found in self.client.query(soql)]
        case = await self.client.sobject.upsert("Case", each.key, KEY, {**each.case, "ContactId": contact})
        await self.client.sobject.create("Task", {**each.task, "WhatId": case.id, "WhoId": contact})

    async def composed(self, each: Work) -> None:
        """With `str()`: the reference as the documentation shows it is sent wrong."""
        async with self.client.composite(all_or_none=True) as together:
            case = {**each.case, "Contact": {"ICN__c": each.icn}}
            made = together.sobject.upsert("Case", each.key, KEY, case)
            what = str(made.reference.id)
            task = together.sobject.create("Task", {**each.task, "WhatId": what, "Who": who(each)})
        task.raise_for_status()

    async def side_by_side(self, work: Sequence[Work]) -> None:
        free = asyncio.Semaphore(IN_FLIGHT)

        async def one(each: Work) -> None:
            async with free:
                await self.rows(each)

        await asyncio.gather(*map(one, work))
