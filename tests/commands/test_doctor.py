"""`doctor`: what it says, how it ends, and that it leaves everything as it was."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from sf_handoff.adapters import assembly
from sf_handoff.adapters.assembly import open_store
from sf_handoff.adapters.settings import read_settings
from sf_handoff.adapters.tables import SCHEMA_VERSION
from sf_handoff.checkup import missing, ok
from sf_handoff.commands import doctor as module
from sf_handoff.commands.doctor import doctor
from sf_handoff.errors import Unavailable
from sf_handoff.reports import label_check
from sf_handoff.reports.tickets import TrackerFacts
from tests.commands.test_outbox import Ran
from tests.listed import TellingTracker

STORE = Path("data") / "sf_handoff" / "store.sqlite3"


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_HANDOFF_ORG", "embedded")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an org: nothing beside the store is asked."""
    monkeypatch.setenv("SF_HANDOFF_ORG", "")


def sf(*args: str) -> Ran:
    result = CliRunner().invoke(doctor, args, catch_exceptions=False)
    return Ran(result.exit_code, result.stdout, result.stderr)


def told(*areas: str) -> list[str]:
    found = json.loads(sf("--json").out)["checks"]
    return [f"{each['state']}: {each['words']}" for each in found if each["area"] in areas]


def made() -> None:
    with closing(open_store(read_settings())):
        pass


def everything() -> dict[str, str]:
    files = [each for each in Path("data").rglob("*") if each.is_file()]
    return {str(each): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def test_on_the_embedded_org_all_is_well() -> None:
    ran = sf()
    assert ran.code == 0
    assert all(each.startswith("ok: ") for each in ran.out.splitlines())
    assert ran.err == "All is well. 5 API calls, and nothing was written.\n"


def test_as_a_document() -> None:
    found = json.loads(sf("--json").out)
    assert (found["outcome"], found["api_calls"]) == ("ok", 5)
    assert {each["area"] for each in found["checks"]} == {
        "Settings",
        "Store",
        "Salesforce",
        "Report",
        "Tracker",
        "Notices",
    }
    assert found["checks"][0].keys() == {"area", "state", "words", "mend", "stops"}


@pytest.mark.usefixtures("alone")
def test_a_setting_is_wrong_and_nothing_else_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SF_HANDOFF_HOLD_OUT", "secret words")
    ran = sf()
    assert ran.code == 2
    assert ran.out.startswith("missing: Settings: SF_HANDOFF_HOLD_OUT: ")
    assert len(ran.out.splitlines()) == 1
    assert "secret" not in ran.out
    monkeypatch.delenv("SF_HANDOFF_HOLD_OUT")
    monkeypatch.setenv("SF_HANDOFF_MAPPINGS", "no_such_maps")
    assert "no maps in the package" in sf().out


@pytest.mark.usefixtures("alone")
def test_without_an_org_it_says_which_settings_are_missing() -> None:
    ran = sf()
    assert ran.code == 2
    assert "missing: Salesforce: SF_HANDOFF_ORG is not set" in ran.out
    assert "ok: Store" in ran.out


@pytest.mark.usefixtures("alone")
def test_no_store_is_made_by_looking_for_it() -> None:
    assert told("Store")[0] == "ok: There is none yet; it is made with the first handoff."
    assert not Path("data").exists()


@pytest.mark.usefixtures("alone")
def test_a_store_stays_as_it_was() -> None:
    made()
    before = everything()
    assert told("Store") == [
        f"ok: It opens, and has schema version {SCHEMA_VERSION}.",
        "ok: The encryption key is there, for its owner alone and opens what is in the store.",
    ]
    assert everything() == before


def changed(statement: str) -> None:
    engine = create_engine(f"sqlite:///{STORE.absolute()}")
    with engine.begin() as tx:
        tx.execute(text(statement))
    engine.dispose()


@pytest.mark.usefixtures("alone")
def test_a_newer_store_and_one_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    changed("UPDATE meta SET value = CAST('99' AS BLOB) WHERE name = 'schema version'")
    assert told("Store")[0].startswith("missing: It has schema version 99")
    changed("UPDATE meta SET value = CAST('1' AS BLOB) WHERE name = 'schema version'")
    assert told("Store")[0].endswith(f"on first use it is brought to {SCHEMA_VERSION}.")
    changed("DROP TABLE meta")
    assert told("Store")[0].startswith("ok: There is none yet")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", ["store.key", "store.sqlite3"])
def test_what_others_can_read(name: str) -> None:
    made()
    STORE.with_name(name).chmod(0o644)
    (found,) = told("Store")
    assert found.startswith("missing: ")
    assert f"{name} can be read by others. Run: chmod 600 {name}" in found


@pytest.mark.usefixtures("alone")
def test_a_store_whose_key_is_gone_or_another(monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    STORE.with_name("store.key").unlink()
    assert "there is a store and no key to it" in told("Store")[0]
    monkeypatch.setenv("SF_HANDOFF_ENCRYPTION_KEYS", f"k2:{base64.b64encode(bytes(32)).decode()}")
    assert "the key that some rows were sealed with is missing" in told("Store")[0]


@pytest.mark.usefixtures("alone")
def test_a_damaged_store() -> None:
    made()
    STORE.write_bytes(b"no database" * 1000)
    assert "the database file is damaged" in told("Store")[0]
    assert sf().code == 2


class Board(TellingTracker):
    def facts(self) -> TrackerFacts:
        self._asked("facts")
        return TrackerFacts(
            "example-agency/hotline-issues", private=True, may_push=True, login="c", labels=frozenset()
        )


class Lack:
    code, words = "LABEL_MISSING", "The tracker has no label 'tier-3'."


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    board = Board(fails="facts")
    monkeypatch.setattr(assembly, "open_tracker", lambda settings: board)
    monkeypatch.setattr(label_check, "missing", lambda mappings, facts: ())
    return board


def test_the_tracker_is_asked_where_one_is_set(board: Board) -> None:
    ran = sf()
    assert ran.code == 0
    assert "ok: Tracker: example-agency/hotline-issues is there, private" in ran.out
    assert board.calls == ["facts", "close"]


def test_a_label_that_is_missing(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_check, "missing", lambda mappings, facts: [Lack()])
    ran = sf()
    assert ran.code == 2
    assert "missing: Tracker: The tracker has no label 'tier-3'. Make the label in the repository" in ran.out
    assert "cannot work until what is missing is mended" in ran.err


def test_a_tracker_that_is_away(board: Board) -> None:
    board.error = Unavailable("GitHub does not answer.")
    ran = sf("--json")
    assert ran.code == 75
    assert json.loads(ran.out)["outcome"] == "away"
    asked = {each["area"]: each["state"] for each in json.loads(ran.out)["checks"]}
    assert asked["Tracker"] == "could not ask"


def test_what_a_person_should_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "of_org", lambda *given: iter([missing("Report", "A.", "B.", stops=False)]))
    ran = sf()
    assert ran.code == 1
    assert "missing: Report: A. B.\n" in ran.out


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("encoding", "marks"), [("utf-8", "✓✗"), ("ascii", "  ")])
def test_on_a_terminal_it_is_a_list_to_tick_off(
    monkeypatch: pytest.MonkeyPatch, encoding: str, marks: str
) -> None:
    monkeypatch.setattr("sys.stdout", Terminal(io.BytesIO(), encoding))
    well, lack = module.line(ok("Store", "It opens.")), module.line(missing("Report", "A.", "Do B."))
    assert well == f"ok            {marks[0]} Store: It opens."
    assert lack == f"missing       {marks[1]} Report: A.\n                Do B."
