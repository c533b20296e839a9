from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api, an_org, refusal

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
BATCH = {"Sforce-Query-Options": "batchSize=200"}
LOST = (400, "INVALID_QUERY_LOCATOR", "invalid query locator")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Embedded]:
    """450 Accounts, named in the order of their creation."""
    with an_org(tmp_path_factory.mktemp("org"), assignment_rule=False, clock=clock) as org:
        for at in range(450):
            org.create("Account", Name=f"Household {at:03}")
        yield org


@pytest.fixture(scope="module")
def api(org: Embedded) -> Iterator[Api]:
    api = Api(org)
    with api.http:
        yield api


def first(api: Api, soql: str, path: str = "/query", **headers: str) -> Any:
    return api("GET", path, params={"q": soql}, headers={**BATCH, **headers}).json()


def following(api: Api, page: Any, headers: dict[str, str] | None = None) -> Any:
    path = page["nextRecordsUrl"].removeprefix("/services/data/v66.0")
    return api("GET", path, headers=headers or {}).json()


def names(page: Any) -> list[str]:
    return [each["Name"] for each in page["records"]]


def test_a_cursor_keeps_what_it_found(api: Api, org: Embedded) -> None:
    page = first(api, "SELECT Id, Name FROM Account ORDER BY Name")
    assert (page["totalSize"], page["done"], len(page["records"])) == (450, False, 200)
    locator, _, before = page["nextRecordsUrl"].removeprefix("/services/data/v66.0/query/").partition("-")
    assert (locator[:3], len(locator), before) == ("01g", 18, "200")
    later = org.records("Account")[210]
    org.update("Account", later["Id"], Name="Renamed")
    gone = org.create("Account", Name="Household 2005")
    second = following(api, page)
    third = following(api, second)
    assert names(second) + names(third) == [f"Household {at:03}" for at in range(200, 450)]
    assert (third["totalSize"], third["done"], "nextRecordsUrl" in third) == (450, True, False)
    assert names(following(api, page)) == names(second)
    org.update("Account", later["Id"], Name="Household 210")
    assert api("DELETE", f"/sobjects/Account/{gone}").status_code == 204


def test_the_next_page_may_have_another_size(api: Api) -> None:
    page = first(api, "SELECT Name FROM Account ORDER BY Name LIMIT 430")
    rest = following(api, page, {"Sforce-Query-Options": "batchSize=225"})
    assert names(rest) == [f"Household {at:03}" for at in range(200, 425)]
    assert names(following(api, rest)) == [f"Household {at:03}" for at in range(425, 430)]


@pytest.mark.parametrize(("wished", "given"), [("1", 200), ("199", 200), ("300", 300), ("5000", 450)])
def test_a_page_has_200_to_2000_records(api: Api, wished: str, given: int) -> None:
    headers = {"Sforce-Query-Options": f"batchSize={wished}"}
    answer = api("GET", "/query", params={"q": "SELECT Name FROM Account"}, headers=headers).json()
    assert len(answer["records"]) == given


def test_two_long_texts_make_a_page_small(api: Api, org: Embedded) -> None:
    parent = org.create("Case", Subject="parent")
    for _ in range(200):
        org.create("Case", ParentId=parent)
    whole = api.query("SELECT Errors__c, Description FROM Case").json()
    small = api.query("SELECT Errors__c, Parent.Errors__c FROM Case").json()
    assert [len(each["records"]) for each in (whole, small)] == [201, 200]


def test_a_locator_lives_for_two_days(api: Api, org: Embedded, clock: Clock) -> None:
    page = first(api, "SELECT Name FROM Account")
    answers = []
    for age in (timedelta(days=2), timedelta(days=2, seconds=1)):
        clock.now = NOON + age
        session = {"Authorization": f"Bearer {org.access_token()}"}
        answers.append(following(api, page, session))
    clock.now = NOON
    assert len(answers[0]["records"]) == 200
    assert answers[1][0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_a_user_has_ten_locators(api: Api, org: Embedded) -> None:
    pages = [first(api, "SELECT Name FROM Account") for _ in range(11)]
    answers = [following(api, page) for page in pages]
    assert [isinstance(each, list) for each in answers] == [True] + [False] * 10
    rows = org._org.database.rows("SELECT COUNT(DISTINCT locator) AS kept FROM _snapshots")
    assert rows[0]["kept"] == 10


def test_locators_that_nobody_gave_out(api: Api) -> None:
    page = first(api, "SELECT Name FROM Account")
    locator = page["nextRecordsUrl"].removeprefix("/services/data/v66.0/query/").partition("-")[0]
    for wrong in (
        "01gEO00000zzzzzAAA-200",
        "nonsense",
        locator,
        f"{locator}-x",
        f"{locator}-450",
        f"{locator}-0",
        f"{locator}-{'9' * 5000}",
    ):
        assert refusal(api("GET", f"/query/{wrong}")) == LOST
    assert len(api("GET", f"/query/{locator}-449").json()["records"]) == 1


def test_query_all_shows_the_deleted_on_every_page(api: Api, org: Embedded) -> None:
    gone = [org.create("Account", Name=f"Household {at}") for at in ("0005", "9999")]
    for each in gone:
        assert api("DELETE", f"/sobjects/Account/{each}").status_code == 204
    soql = "SELECT Name, IsDeleted FROM Account WHERE Name LIKE 'Household%' ORDER BY Name"
    page = first(api, soql, "/queryAll")
    assert page["totalSize"] >= 452 and page["records"][1]["IsDeleted"]
    assert page["nextRecordsUrl"].startswith("/services/data/v66.0/query/0r8")
    last = following(api, following(api, page))
    assert last["records"][-1]["Name"] == "Household 9999" and last["records"][-1]["IsDeleted"]
    assert api.query(soql).json()["totalSize"] == 450
    assert api("GET", "/queryAll", params={"q": "SELECT COUNT() FROM Account WHERE IsDeleted = true"}).json()[
        "totalSize"
    ] >= 2  # fmt: skip


def test_many_children_come_in_pages_of_their_own(api: Api, org: Embedded) -> None:
    household = org.create("Account", Name="Many")
    with org._org.database.transaction():
        for at in range(2001):
            org._org.database.insert(
                org._sobject("Contact"),
                {"Id": f"003EO00000{at:05}xxx", "LastName": str(at), "AccountId": household},
            )
    soql = f"SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Id = '{household}'"
    children = first(api, soql)["records"][0]["Contacts"]
    assert (children["totalSize"], children["done"], len(children["records"])) == (2001, False, 2000)
    rest = following(api, children)
    assert [each["LastName"] for each in rest["records"]] == ["2000"] and rest["done"]
