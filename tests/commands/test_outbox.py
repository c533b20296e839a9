"""Staff's commands: what they say, what they send, what they refuse, and how they end."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sf_handoff import Connector, HandoffError, Misconfigured
from sf_handoff.adapters.assembly import connect, open_store
from sf_handoff.adapters.settings import Settings, read_settings
from sf_handoff.adapters.store import SqlStore
from sf_handoff.calls.handoff import Handoff
from sf_handoff.calls.reason import unfit
from sf_handoff.calls.samples import sample_handoff
from sf_handoff.calls.states import Status
from sf_handoff.calls.why import WAIT, Why, explained
from sf_handoff.commands import cli
from sf_handoff.commands import resync as resync_command
from sf_handoff.commands.talk import Stop, exit_code, stoppable
from sf_handoff.embedded import Embedded, Fault
from sf_handoff.ports import SALESFORCE, Closed, NewHandoff, Row, Settlement
from sf_handoff.retry import codes_by_verdict
from tests.commands.test_commands import environment, payload, run
from tests.conftest import ROOT, Clock
from tests.flow.test_hand_off import tap

FIRST = "6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b11"
SECOND = "6f1d7c1e-7a52-4a7c-9d6b-0c1c0f6a2b12"
HOLD = timedelta(minutes=5)


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def sf(*args: str, given: str | None = None) -> Ran:
    """A command, inside this process."""
    result = CliRunner().invoke(cli, args, input=given)
    failed = result.exception
    if failed and not isinstance(failed, HandoffError | SystemExit):
        raise failed
    code = exit_code(failed) if isinstance(failed, HandoffError) else result.exit_code
    said = failed.message if isinstance(failed, HandoffError) else ""
    return Ran(code, result.stdout, result.stderr + said)


@pytest.fixture
def store() -> Iterator[SqlStore]:
    """The store that the commands open too."""
    with closing(open_store(read_settings())) as opened:
        yield opened


def keep(store: SqlStore, handoff_id: str = "", **settled: Any) -> str:
    """Keeps a tap; with a state, one that was tried once. Leaves it under way where nothing is said."""
    handoff_id = handoff_id or str(uuid.uuid4())
    now = datetime.now(UTC)
    handoff = Handoff.parse(sample_handoff(at=now, handoff_id=handoff_id))
    new = NewHandoff(
        handoff_id=handoff_id,
        payload=handoff.canonical(),
        state=Status.DUE,
        code=None,
        message=None,
        occurred_at=now,
        expires_at=now + timedelta(minutes=10),
        person=None,
        about="screen ClaimStatus",
        phone=None,
    )
    row = store.keep(new, lease=HOLD)
    if settled:
        store.settle(row, Settlement(**{"retry_in": timedelta(minutes=1), **settled}))
    return handoff_id


def due(store: SqlStore, handoff_id: str = "", code: str = "UNREACHABLE") -> str:
    return keep(store, handoff_id, state=Status.DUE, code=code, message="No connection.")


def parked(store: SqlStore, code: str = "REQUIRED_FIELD_MISSING", message: str = "It said no.") -> str:
    return keep(store, state=Status.PARKED, code=code, message=message)


def delivered(store: SqlStore) -> str:
    return keep(store, state=Status.DELIVERED, case_id="500000000000001AAA", task_id="00T000000000001AAA")


def the(store: SqlStore, handoff_id: str) -> Row:
    (row,) = store.rows(ids=(handoff_id,))
    return row


# list


def test_list_has_a_line_for_each_and_counts_by_state(store: SqlStore) -> None:
    wanted = [due(store), parked(store), delivered(store)]
    ran = sf("outbox", "list")
    assert ran.code == 0
    assert [line.split()[1] for line in ran.out.splitlines()] == wanted
    assert "UNREACHABLE: No connection." in ran.out.splitlines()[0]
    assert "tried 1x" in ran.out
    assert ran.err == "1 delivered, 1 due, 1 parked\n"


def test_list_json_has_the_keys_of_the_contract(store: SqlStore) -> None:
    handoff_id = parked(store)
    (row,) = sf("outbox", "list", "--json").records
    assert list(row) == [
        "handoff_id", "state", "attempts", "next_at", "code", "message", "case_id", "task_id", "kept_at",
        "settled_at",
    ]  # fmt: skip
    assert (row["handoff_id"], row["state"], row["next_at"]) == (handoff_id, "parked", None)
    assert datetime.fromisoformat(row["kept_at"]).tzinfo is not None


def test_list_filters_by_state_code_and_number(store: SqlStore) -> None:
    away, slow, refused = due(store), due(store, code="TIMEOUT"), parked(store)

    def ids(*args: str) -> list[str]:
        return [row["handoff_id"] for row in sf("outbox", "list", "--json", *args).records]

    assert ids("--status", "due") == [away, slow]
    assert ids("--code", "timeout", "--code", "REQUIRED_FIELD_MISSING") == [slow, refused]
    assert ids("--status", "due", "--limit", "1") == [away]
    assert ids("--code", "TLS") == []
    assert sf("outbox", "list", "--code", "TLS").err == "No handoff fits.\n"


def test_list_filters_by_the_time_it_was_kept(store: SqlStore) -> None:
    due(store)
    today = datetime.now(UTC).date()
    tomorrow = today + timedelta(days=2)

    def count(*args: str) -> int:
        return len(sf("outbox", "list", *args).out.splitlines())

    assert count("--since", f"{today - timedelta(days=1)}", "--until", f"{tomorrow}") == 1
    assert count("--since", f"{tomorrow}") == 0
    assert count("--until", f"{today - timedelta(days=1)}T12:30") == 0
    assert sf("outbox", "list", "--until", "yesterday").code == 2


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("UNREACHABLE", "no connection"), ("NOT_JSON", "maintenance"), ("AUTH", "Salesforce admin"),
        ("CLOCK", "set its clock"), ("LIMIT", "Wait some hours"), ("CONCURRENT", "Wait some seconds"),
        ("HTTP_503", "busy or in maintenance"), ("CONFIG", "Salesforce admin"), ("TLS", "CA_FILE"),
    ],
)  # fmt: skip
def test_list_says_that_nothing_is_sent_why_until_when_and_what_to_do(
    store: SqlStore, reason: str, words: str
) -> None:
    store.close_gate(SALESFORCE, reason, timedelta(minutes=5))
    ran = sf("outbox", "list")
    assert ran.err.startswith("The store is empty.\nNothing is sent to Salesforce before 20")
    assert f"({reason})" in ran.err
    assert words in ran.err
    assert "outbox resync --now" in ran.err


def test_a_gate_whose_time_is_over_is_not_spoken_of_and_reading_it_changes_nothing(
    settings: Settings, clock: Clock
) -> None:
    with closing(open_store(settings, clock)) as store, connect(settings, clock) as connector:
        assert connector.paused() is None
        store.failed(SALESFORCE, probing=False)
        assert connector.paused() is None
        store.close_gate(SALESFORCE, "TIMEOUT", timedelta(seconds=30))
        until = clock.now + timedelta(seconds=30)
        assert connector.paused() == connector.paused() == Closed("TIMEOUT", until)
        clock.forward(seconds=31)
        assert connector.paused() is None
        # Nobody has become the probe by asking; now somebody does, and while it tries nobody else does.
        assert not isinstance(store.enter(SALESFORCE, probe_for=timedelta(seconds=9)), Closed)
        assert connector.paused() == Closed("TIMEOUT", clock.now + timedelta(seconds=9))


# show


def test_show_says_what_happened_why_and_what_to_do(store: SqlStore) -> None:
    handoff_id = parked(store, message="Salesforce refused the Case: REQUIRED_FIELD_MISSING (field Reason).")
    said = sf("outbox", "show", handoff_id).out
    assert "State          parked: " in said
    assert "and was tried once. It was parked on 20" in said
    assert "Why            REQUIRED_FIELD_MISSING: a rule of the org refused the record." in said
    assert "(field Reason)" in said
    assert f"outbox resync --status parked --id {handoff_id}" in said


def test_show_names_when_it_is_sent_next_and_what_is_under_way(store: SqlStore) -> None:
    assert "It may be sent again from 20" in sf("outbox", "show", due(store)).out
    assert "It is being sent at this moment" in sf("outbox", "show", keep(store)).out


def test_one_that_was_given_up_after_many_attempts_is_not_just_waited_for(store: SqlStore) -> None:
    handoff_id = parked(store, "BROKEN_OFF", "Given up after 20 attempts. The connection broke off.")
    said = sf("outbox", "show", handoff_id).out
    assert "Given up after 20 attempts." in said
    assert (
        f"Mend the cause, then send it again: sf-handoff outbox resync --status parked --id {handoff_id}"
        in said
    )


def test_show_takes_the_beginning_of_an_id_where_one_only_begins_so(store: SqlStore) -> None:
    due(store, FIRST)
    assert FIRST in sf("outbox", "show", FIRST[:8].upper()).out
    assert sf("outbox", "show", FIRST[:7]).code == 2
    due(store, SECOND)
    ran = sf("outbox", "show", FIRST[:8])
    assert (ran.code, ran.out) == (2, "")
    assert "2 handoffs" in ran.err
    assert json.loads(sf("outbox", "show", SECOND, "--json").out)["handoff_id"] == SECOND


def test_every_code_has_a_meaning_and_something_to_do() -> None:
    codes = {code for found in codes_by_verdict().values() for code in found}
    for code in codes | {"HTTP_404", "HTTP_500", "invalid_grant", "NOBODY_KNOWS_IT", "NO_CONSENT"}:
        assert all(explained(code))
    assert explained("HTTP_503")[1] == WAIT
    assert explained("invalid_grant") == explained("AUTH")
    assert "maintenance" not in explained("REQUIRED_FIELD_MISSING")[0]


@pytest.mark.parametrize("why", Why, ids=lambda why: why.name)
def test_the_troubleshooting_page_has_every_code_of_ours(why: Why) -> None:
    assert f"`{why.name}`" in (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")


# resync


@pytest.fixture
def taps(connector: Connector, org: Embedded, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three taps that wait since the org was away; the commands meet the same org and store."""
    monkeypatch.setattr(Connector, "from_env", lambda: _again(connector))
    monkeypatch.setattr(resync_command, "opened_store", lambda: _again(connector._store))
    org.faults.add(Fault("/composite", "unavailable", times=None))
    moments = [clock.now - timedelta(seconds=9 - number) for number in range(3)]
    receipts = [connector.hand_off(tap(Clock(at))) for at in moments]
    org.faults.clear()
    assert {receipt.status for receipt in receipts} == {"due"}
    return [receipt.handoff_id for receipt in receipts]


@contextmanager
def _again(opened: Any) -> Iterator[Any]:
    yield opened


def sent(ran: Ran) -> list[tuple[str, str]]:
    return [(receipt["handoff_id"], receipt["status"]) for receipt in ran.records]


def test_resync_waits_for_the_gate_says_so_and_goes_on_when_told_to(taps: list[str], org: Embedded) -> None:
    waits = sf("outbox", "resync", "--json")
    assert waits.code == 75
    assert org.records("Case") == []
    assert "0 delivered, 0 parked; 3 still due." in waits.err
    assert "Nothing is sent to Salesforce before 2026-11-20 15:04:31 UTC, because Salesforce is" in waits.err
    goes = sf("outbox", "resync", "--json", "--now")
    assert goes.code == 0
    assert sorted(sent(goes)) == sorted((each, "delivered") for each in taps)
    assert goes.err == "3 delivered, 0 parked; 0 still due.\n"
    again = sf("outbox", "resync")
    assert (again.code, again.out, again.err) == (0, "", "0 delivered, 0 parked; 0 still due.\n")


def test_resync_sends_what_is_asked_for_and_says_what_is_left(taps: list[str], clock: Clock) -> None:
    clock.forward(minutes=1)
    first = sf("outbox", "resync", "--json", "--id", taps[1][:13])
    assert (first.code, sent(first)) == (75, [(taps[1], "delivered")])
    assert "1 delivered, 0 parked; 2 still due." in first.err
    assert "Try again: sf-handoff outbox resync" in first.err
    assert sent(sf("outbox", "resync", "--json", "--code", "TIMEOUT")) == []
    assert sent(sf("outbox", "resync", "--json", "--limit", "1")) == [(taps[0], "delivered")]
    assert sent(sf("outbox", "resync", "--json", "--since", "2026-11-21")) == []
    assert sent(
        sf("outbox", "resync", "--json", "--code", "service_unavailable", "--code", "SERVER_UNAVAILABLE")
    )
    assert sf("outbox", "resync", "--id", str(uuid.uuid4())).code == 2


def test_a_dry_run_sends_nothing_and_names_the_same(taps: list[str], clock: Clock, org: Embedded) -> None:
    clock.forward(minutes=1)
    before = org.api_calls
    dry = sf("outbox", "resync", "--dry-run", "--json", "--limit", "2")
    assert (dry.code, [row["handoff_id"] for row in dry.records]) == (0, taps[:2])
    assert dry.err == "2 would be sent again; nothing was sent.\n"
    assert org.api_calls == before
    assert [each for each, _ in sent(sf("outbox", "resync", "--json", "--limit", "2"))] == taps[:2]


def test_resync_names_what_was_parked_and_exits_with_one(
    taps: list[str], clock: Clock, org: Embedded
) -> None:
    clock.forward(minutes=1)
    org.faults.add(
        Fault(kind="row", sobject="Case", code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="No.", times=None)
    )
    ran = sf("outbox", "resync")
    assert ran.code == 1
    assert "0 delivered, 3 parked; 0 still due." in ran.err
    assert "outbox list --status parked" in ran.err
    org.faults.clear()
    mended = sf("outbox", "resync", "--status", "parked", "--in-flight", "4", "--json")
    assert (mended.code, sorted(sent(mended))) == (0, sorted((each, "delivered") for each in taps))


def test_in_flight_goes_from_one_to_eight(taps: list[str]) -> None:
    assert sf("outbox", "resync", "--in-flight", "0").code == 2
    assert sf("outbox", "resync", "--in-flight", "9").code == 2


def test_what_stopped_it_is_said_where_no_gate_is_closed(
    taps: list[str], connector: Connector, org: Embedded
) -> None:
    connector._store.open_gate(SALESFORCE)
    org.faults.add(Fault("/composite", "drop_before", times=None))
    ran = sf("outbox", "resync", "--id", taps[0])
    assert ran.code == 75
    assert "still due because the connection broke off; it may have arrived" in ran.err


def test_wrong_set_up_is_two_and_the_summary_is_said_first(
    taps: list[str], connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*args: Any, **wanted: Any) -> None:
        raise Misconfigured("The sign-in was refused.", code="AUTH")

    monkeypatch.setattr(connector, "resync", refuses)
    ran = sf("outbox", "resync")
    assert ran.code == 2
    assert ran.err.startswith("0 delivered, 0 parked; 3 still due.")


# How a re-sync ends


def test_told_to_stop_it_takes_no_more_and_what_is_under_way_ends(
    taps: list[str], connector: Connector, clock: Clock
) -> None:
    clock.forward(minutes=1)
    receipts = connector.resync(2, stop=lambda: bool(connector.outbox(states=(Status.DELIVERED,))))
    assert [(receipt.handoff_id, receipt.status) for receipt in receipts] == [(taps[0], "delivered")]
    left = connector.outbox(states=(Status.DUE,))
    assert [(row.handoff_id, row.token) for row in left] == [(each, None) for each in taps[1:]]


@pytest.mark.parametrize(("number", "held"), [(2, 1), (3, 3)], ids=["one by one", "in a batch"])
def test_what_does_not_end_in_time_is_given_back_and_delivered_once(
    taps: list[str],
    connector: Connector,
    clock: Clock,
    org: Embedded,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    held: int,
) -> None:
    monkeypatch.setattr("sf_handoff.resync.GRACE", 0.0)
    connector._store.open_gate(SALESFORCE)
    org.faults.add(Fault("/composite", "hold_after"))
    stop = Stop()

    def ends_it() -> None:
        assert org.faults.held.wait()
        stop.by = signal.SIGTERM

    other = threading.Thread(target=ends_it)
    other.start()
    assert connector.resync(number, stop=stop.asked) == ()
    other.join()
    left = connector.outbox(states=(Status.DUE,))
    assert [(row.handoff_id, row.token) for row in left] == [(each, None) for each in taps]
    assert [row.code for row in left] == ["STOPPED"] * held + ["SERVER_UNAVAILABLE"] * (3 - held)
    assert left[0].next_at == clock.now
    assert "doubles nothing" in str(left[0].message)
    org.faults.clear()
    for thread in threading.enumerate():
        if thread.name.startswith("resync"):
            thread.join()
    assert {row.state for row in connector.outbox()} == {"due"}
    again = connector.resync()
    assert {(receipt.status, receipt.code, receipt.message) for receipt in again} == {
        ("delivered", None, None)
    }
    assert (len(org.records("Case")), len(org.records("Task"))) == (1, 3)


def test_signals_are_noted_once_and_given_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with stoppable() as stop:
        assert not stop.asked()
        signal.raise_signal(signal.SIGINT)
        assert (stop.asked(), stop.by) == (True, signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_a_resync_with_its_code(
    taps: list[str], connector: Connector, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    """K09, C01"""
    monkeypatch.setattr(connector, "resync", lambda *args, **wanted: signal.raise_signal(number))
    ran = sf("outbox", "resync")
    assert ran.code == code
    assert "Stopped as asked. What was not sent stays due" in ran.err


def test_a_process_that_is_terminated_while_salesforce_hangs_gives_the_row_back(tmp_path: Path) -> None:
    """K09"""
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        hangs.settimeout(60)
        settings = {
            "SF_HANDOFF_ORG": f"https://127.0.0.1:{hangs.getsockname()[1]}",
            "SF_HANDOFF_AUTH": "client_credentials",
            "SF_HANDOFF_CLIENT_ID": "app",
            "SF_HANDOFF_CLIENT_SECRET": "secret",
            "SF_HANDOFF_ALLOWED_HOSTS": "127.0.0.1",
            "SF_HANDOFF_STORE": f"sqlite:///{tmp_path / 'store.sqlite3'}",
        }
        with closing(open_store(Settings(store=settings["SF_HANDOFF_STORE"]))) as store:
            handoff_id = due(store)
            home.mkdir()
            process = subprocess.Popen(
                [sys.executable, "-m", "sf_handoff", "outbox", "resync", "--json"],
                cwd=home,
                env=environment(home, **settings),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            connection, _ = hangs.accept()
            try:
                assert the(store, handoff_id).token is not None
                process.send_signal(signal.SIGTERM)
                out, err = process.communicate(timeout=20)
            finally:
                process.kill()
                process.communicate()
                connection.close()
            row = the(store, handoff_id)
    assert (process.returncode, out) == (0, ""), err
    assert "Stopped as asked" in err
    assert "Sending" not in err
    assert (row.state, row.token, row.code, row.attempts) == ("due", None, "STOPPED", 1)


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    """C01"""
    home = tmp_path / "home"
    home.mkdir()
    (home / "one.json").write_text(json.dumps(payload()))
    process = subprocess.Popen(
        [sys.executable, "-m", "sf_handoff", "deliver", "one.json", "-"],
        cwd=home,
        env=environment(home, SF_HANDOFF_ORG="embedded"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline().startswith(b"delivered")
    process.stdout.close()
    process.stdin.write(json.dumps(payload()).encode())
    process.stdin.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=30) == 141
    assert [line for line in said.splitlines() if "store.key" not in line] == []
    listed = run(home, "outbox", "list", "--json")
    assert [json.loads(line)["state"] for line in listed.stdout.splitlines()] == ["delivered"] * 2


# discard


def test_discard_sets_it_aside_for_good_with_the_reason(store: SqlStore) -> None:
    handoff_id = parked(store)
    ran = sf("outbox", "discard", handoff_id[:9], "--why", " Test tap of the app team ", "--json")
    assert ran.code == 0
    row = json.loads(ran.out)
    assert (row["state"], row["code"], row["message"]) == ("kept", "DISCARDED", "Test tap of the app team")
    (listed,) = sf("outbox", "list", "--status", "kept", "--code", "DISCARDED", "--json").records
    assert listed == row
    assert "a person gave it up, for the reason given. Test tap" in sf("outbox", "show", handoff_id).out
    assert store.take(limit=9, lease=HOLD, waiting_too=True) == []


def test_discard_needs_a_reason(store: SqlStore) -> None:
    handoff_id = due(store)
    assert sf("outbox", "discard", handoff_id).code == 2
    for why in ("", "no", "  x  ", "y" * 201, "a\nb c"):
        assert sf("outbox", "discard", handoff_id, "--why", why).code == 2
    assert the(store, handoff_id).state == "due"


PERSONAL = [
    "call 503-555-0142 back", "call (503) 555 0142", "+15035550142 asked", "503.555.0142", "+44 20 7946 0958", "555-0142 rang",
    "ssn 123-45-6789", "ssn 123 45 6789", "ssn 123456789", "ssn 123\u201345\u20136789", "jesse.gray@example.com asked",
    "icn 1234567890V123456", "icn 1234567890v123456", "\uff15\uff10\uff13\uff15\uff15\uff15\uff10\uff11\uff14\uff12",
]  # fmt: skip
HARMLESS = [
    "duplicate of Case 00001034", "test data from 2026-11-20 15:04", "see ticket 12345",
    f"the same as {FIRST}", "twice within 24 hours", "app 2.37.0 build 238 sent it", "éèê: déjà vu",
]  # fmt: skip


@pytest.mark.parametrize("why", PERSONAL)
def test_a_reason_that_looks_personal_is_refused_and_not_repeated(store: SqlStore, why: str) -> None:
    handoff_id = due(store)
    ran = sf("outbox", "discard", handoff_id, "--why", why)
    assert ran.code == 2
    assert "looks like" in ran.err
    assert not any(
        word in ran.err for word in why.split() if any(letter.isdigit() or letter == "@" for letter in word)
    )
    assert the(store, handoff_id).state == "due"


@pytest.mark.parametrize("why", HARMLESS)
def test_a_reason_that_names_nobody_is_taken(why: str) -> None:
    assert unfit(why) is None


def test_what_is_settled_or_under_way_cannot_be_given_up(store: SqlStore) -> None:
    why = ("--why", "not wanted")
    done = sf("outbox", "discard", delivered(store), *why)
    assert (done.code, done.out) == (2, "")
    assert "it is delivered" in done.err
    sending = sf("outbox", "discard", keep(store), *why)
    assert (sending.code, sending.out) == (75, "")
    assert "being sent at this moment" in sending.err
    waiting = due(store)
    assert sf("outbox", "discard", waiting, *why).code == 0
    assert "set aside before (DISCARDED)" in sf("outbox", "discard", waiting, *why).err


def test_one_that_is_taken_while_somebody_decides_is_refused(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    handoff_id = due(store)

    def taken_before(self: SqlStore, *args: str) -> bool:
        store.take(limit=1, lease=HOLD, ids=(handoff_id,), waiting_too=True)
        return discard(self, *args)

    discard = SqlStore.discard
    monkeypatch.setattr(SqlStore, "discard", taken_before)
    assert sf("outbox", "discard", handoff_id, "--why", "not wanted").code == 75
    assert the(store, handoff_id).state == "due"


def test_the_library_checks_the_reason_too(connector: Connector, clock: Clock) -> None:
    handoff_id = connector.hand_off(tap(clock)).handoff_id
    with pytest.raises(Misconfigured, match=r"^why: ") as raised:
        connector.discard(handoff_id, "call 503-555-0142")
    assert "0142" not in str(raised.value)
    assert connector.discard(handoff_id, "delivered already") is False


def on_a_terminal(home: Path, *args: str, given: str = "", **settings: str) -> tuple[int, str]:
    """A command with a terminal on all three ends; its exit code and what it showed."""
    home.mkdir(exist_ok=True)
    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "sf_handoff", *args],
        cwd=home,
        env=environment(home, **settings),
        stdin=there,
        stdout=there,
        stderr=there,
    )
    os.close(there)
    os.write(here, given.encode())
    shown = b""
    try:
        while chunk := os.read(here, 4096):
            shown += chunk
    except OSError:
        pass  # the other end is closed
    os.close(here)
    return process.wait(timeout=30), shown.decode()


def test_on_a_terminal_discard_asks_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    with closing(open_store(Settings(store=url))) as store:
        handoff_id = due(store)
        args = ("outbox", "discard", handoff_id, "--why", "test data")
        code, shown = on_a_terminal(tmp_path / "home", *args, given="n\n", SF_HANDOFF_STORE=url)
        assert (code, the(store, handoff_id).state) == (130, "due")
        assert "UNREACHABLE: no connection" in shown
        assert "Give it up for good? [y/N]" in shown
        code, _ = on_a_terminal(tmp_path / "home", *args, given="y\n", SF_HANDOFF_STORE=url)
        assert (code, the(store, handoff_id).code) == (0, "DISCARDED")
        other = (*args[:2], due(store), *args[3:])
        code, shown = on_a_terminal(tmp_path / "home", *other, "--yes", SF_HANDOFF_STORE=url)
        assert (code, "for good?" in shown) == (0, False)


def test_on_a_terminal_resync_tells_that_it_is_at_work(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    with closing(open_store(Settings(store=url))) as store:
        due(store)
        due(store)
    settings = {"SF_HANDOFF_STORE": url, "SF_HANDOFF_ORG": "embedded"}
    code, shown = on_a_terminal(tmp_path / "home", "outbox", "resync", **settings)
    assert code == 0
    assert "Sending 2" in shown
    assert "2 delivered, 0 parked; 0 still due." in shown


# purge


def test_purge_empties_what_is_old_and_keeps_its_outcome(settings: Settings, clock: Clock) -> None:
    with connect(settings, clock) as connector:
        receipt = connector.hand_off(tap(clock))
        clock.forward(days=29)
        assert connector.purge() == 0
        clock.forward(days=2)
        assert connector.purge(dry_run=True) == 1
        assert connector.outbox()[0].payload
        assert connector.purge() == 1
        (row,) = connector.outbox()
    assert (row.payload, row.state, row.case_id) == (b"", "delivered", receipt.case_id)


def test_purge_keeps_what_is_parked_for_longer(settings: Settings, clock: Clock) -> None:
    with closing(open_store(settings, clock)) as store:
        parked(store)
    short = settings.model_copy(update={"keep_delivered_days": 1, "keep_parked_days": 2})
    with connect(short, clock) as connector:
        clock.forward(hours=47)
        assert connector.purge() == 0
        clock.forward(hours=2)
        assert connector.purge() == 1


def test_purge_says_what_it_did(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    handoff_id, still = delivered(store), due(store)
    assert sf("outbox", "purge").out == (
        "0 handoffs emptied: delivered or set aside more than 30 days ago, or parked more than 90 days ago.\n"
    )
    long_ago = Clock(datetime.now(UTC) - timedelta(days=40))
    with closing(open_store(read_settings(), long_ago)) as earlier:
        old = delivered(earlier)
    assert sf("outbox", "purge", "--dry-run").out.startswith("1 handoff would be emptied; nothing was: ")
    assert json.loads(sf("outbox", "purge", "--json").out) == {
        "emptied": 1, "dry_run": False, "keep_delivered_days": 30, "keep_parked_days": 90,
    }  # fmt: skip
    assert (the(store, old).payload, the(store, still).payload == b"") == (b"", False)
    assert the(store, handoff_id).payload
    assert "What it held was emptied" in sf("outbox", "show", old).out
    monkeypatch.setenv("SF_HANDOFF_KEEP_PARKED_DAYS", "0")
    ran = sf("outbox", "purge")
    assert ran.code == 2
    assert "SF_HANDOFF_KEEP_PARKED_DAYS" in ran.err


# With the store alone


def test_what_only_looks_or_clears_up_needs_no_sign_in(tmp_path: Path) -> None:
    home, url = tmp_path / "home", f"sqlite:///{tmp_path / 'store.sqlite3'}"
    with closing(open_store(Settings(store=url))) as store:
        handoff_id = due(store)
    for args, code in [
        (("list",), 0), (("show", handoff_id), 0), (("resync", "--dry-run"), 0), (("purge",), 0),
        (("resync",), 2), (("discard", handoff_id, "--why", "test data"), 0), (("show", "nothing"), 2),
    ]:  # fmt: skip
        ran = run(home, "outbox", *args, SF_HANDOFF_STORE=url)
        assert ran.returncode == code, ran.stderr
    assert "kept" in run(home, "outbox", "list", SF_HANDOFF_STORE=url).stdout
