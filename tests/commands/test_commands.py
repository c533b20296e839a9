"""The commands as people and cron run them: processes, files, exit codes, an org in another process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from simple_salesforce import Salesforce

from sf_handoff.calls.samples import sample_handoff
from sf_handoff.commands import cli
from tests.conftest import ROOT
from tests.signing import AUDIENCE, ISSUER, Signer, claims


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a user who has set nothing but this."""
    base = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    return {**base, "XDG_DATA_HOME": str(home / "data"), "COLUMNS": "110", **settings}


def run(
    home: Path, *args: str, given: str | bytes = b"", **settings: str
) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    data = given.encode() if isinstance(given, str) else given
    done = subprocess.run(
        [sys.executable, "-m", "sf_handoff", *args],
        input=data,
        cwd=home,
        env=environment(home, **settings),
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def served(home: Path) -> Iterator[dict[str, str]]:
    """`serve` in a process of its own; yields what it wrote to its --env file."""
    home.mkdir(exist_ok=True)
    env_file = home / "serve.env"
    env_file.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "sf_handoff", "serve", "--port", "0", "--env", str(env_file)],
        cwd=home,
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"HTTP ")
        lines = env_file.read_text().splitlines()
        yield dict(line.split("=", 1) for line in lines)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 0


def settings_of(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith("SF_HANDOFF_")}


def payload(**changes: Any) -> dict[str, Any]:
    return sample_handoff(at=datetime.now(UTC), handoff_id=str(uuid.uuid4()), **changes)


def salesforce(env: dict[str, str]) -> Salesforce:
    """Plain simple-salesforce, as anybody would use it."""
    import requests

    session = requests.Session()
    session.trust_env = False  # REQUESTS_CA_BUNDLE would outrank the line below
    session.verify = env["EMBEDDED_CA_FILE"]
    return Salesforce(
        instance_url=env["EMBEDDED_HTTPS"],
        session_id=env["EMBEDDED_ACCESS_TOKEN"],
        session=session,
        version="66.0",
    )


def records(org: Salesforce, soql: str) -> list[dict[str, Any]]:
    found = org.query_all(soql)["records"]
    org.session.close()
    return [dict(each) for each in found]


def test_deliver_prints_a_receipt_for_each_line(home: Path) -> None:
    lines = [json.dumps(payload()), "", json.dumps(payload(veteran=None))]
    ran = run(home, "deliver", "-", "--json", given="\n".join(lines), SF_HANDOFF_ORG="embedded")
    receipts = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, ran.stderr
    assert [receipt["status"] for receipt in receipts] == ["delivered", "delivered"]
    assert list(receipts[0]) == [
        "handoff_id", "status", "case_id", "case_number", "task_id", "contact_linked", "api_calls", "code",
        "message", "notes", "dial",
    ]  # fmt: skip
    assert list(receipts[0]["dial"]) == [
        "link", "number", "display", "code", "code_spoken", "tty", "label", "freshness", "expires_at", "open_now",
        "hours", "alternatives",
    ]  # fmt: skip
    assert re.fullmatch(r"tel:\+18008271000,,\d{9}", receipts[0]["dial"]["link"])


def test_deliver_takes_signed_handoffs_one_a_line(home: Path) -> None:
    signer, said = Signer(), claims(datetime.now(UTC))
    token, over = signer.token(said), signer.token(claims(datetime.now(UTC), exp=0))
    settings = {
        "SF_HANDOFF_ORG": "embedded",
        "SF_HANDOFF_TOKEN_KEYS": signer.keys,
        "SF_HANDOFF_TOKEN_ISSUER": ISSUER,
        "SF_HANDOFF_TOKEN_AUDIENCE": AUDIENCE,
    }
    ran = run(home, "deliver", "--signed", "--json", "-", given=f"{token}\n\n{over}\r\n{token}\n", **settings)
    receipts = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 2
    assert [receipt["handoff_id"] for receipt in receipts] == [said["handoff"]["handoff_id"]] * 2
    assert ran.stderr.splitlines()[-1].startswith("<stdin>, line 3: exp: over")
    assert over not in ran.stderr


def test_deliver_signed_without_keys_says_what_is_missing(home: Path) -> None:
    ran = run(home, "deliver", "--signed", "-", given="a.b.c", SF_HANDOFF_ORG="embedded")
    assert ran.returncode == 2
    assert "TOKEN_KEYS" in ran.stderr


def test_deliver_takes_a_document_over_several_lines(home: Path) -> None:
    ran = run(home, "deliver", "-", given=json.dumps(payload(), indent=2), SF_HANDOFF_ORG="embedded")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("delivered")


def test_a_bad_payload_is_named_by_file_line_and_field_and_the_others_go_on(home: Path) -> None:
    bad = payload(veteran={"icn": "secret-value"})
    file = home / "day.jsonl"
    home.mkdir()
    file.write_text("\n".join(json.dumps(each) for each in (payload(), bad, payload())))
    ran = run(home, "deliver", str(file), SF_HANDOFF_ORG="embedded")
    assert ran.returncode == 2
    assert len(ran.stdout.splitlines()) == 2
    assert f"{file}, line 2: " in ran.stderr
    assert "veteran.icn" in ran.stderr
    assert "secret-value" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("\n\n{good}\n\nnot json\n", "<stdin>, line 5: "),
        ("not json\n{good}\n", "<stdin>, line 1: "),
        ("{good}\n{{}}\n", "<stdin>, line 2: "),
        ('{{"schema": "handoff/1", "app": {{}},\n "more": [\n{{}}\n]}}', "<stdin>: "),
        ("[]", "<stdin>: "),
    ],
)
def test_what_is_wrong_is_named_by_its_place(home: Path, given: str, place: str) -> None:
    ran = run(home, "deliver", "-", given=given.format(good=json.dumps(payload())), SF_HANDOFF_ORG="embedded")
    assert ran.returncode == 2
    assert next(line for line in ran.stderr.splitlines() if "<stdin>" in line).startswith(place)
    assert len(ran.stdout.splitlines()) == given.count("good")


def test_a_port_that_is_taken_is_named(home: Path) -> None:
    with served(home) as env:
        taken = env["EMBEDDED_HTTP"].rsplit(":", 1)[1]
        ran = run(home, "serve", "--port", taken)
    assert ran.returncode == 2
    assert f"port {taken} is taken" in ran.stderr


def test_the_crisis_line_is_refused(home: Path) -> None:
    ran = run(home, "deliver", "-", given=json.dumps(payload(dialed="988")), SF_HANDOFF_ORG="embedded")
    assert ran.returncode == 2
    assert "Veterans Crisis Line" in ran.stderr


def test_without_an_org_the_message_names_the_demo(home: Path) -> None:
    ran = run(home, "deliver", "-", given=json.dumps(payload()))
    assert ran.returncode == 2
    assert "SF_HANDOFF_ORG" in ran.stderr
    assert "sf-handoff demo" in ran.stderr


def test_the_key_file_is_announced_and_private(home: Path) -> None:
    ran = run(home, "outbox", "list", SF_HANDOFF_ORG="embedded")
    key = home / "data" / "sf_handoff" / "store.key"
    assert str(key) in ran.stderr
    assert key.stat().st_mode & 0o077 == 0
    assert str(key) not in run(home, "outbox", "list", SF_HANDOFF_ORG="embedded").stderr


def test_the_story_of_an_outage(home: Path) -> None:
    """The org is stopped: due and 75. It is started again: resync delivers."""
    handoff = payload()
    with served(home) as env:
        pass
    settings = settings_of(env)
    sent = run(home, "deliver", "-", "--json", given=json.dumps(handoff), **settings)
    assert sent.returncode == 75
    receipt = json.loads(sent.stdout)
    assert (receipt["status"], receipt["code"]) == ("due", "UNREACHABLE")
    listed = run(home, "outbox", "list", "--status", "due", "--json", **settings)
    (row,) = [json.loads(line) for line in listed.stdout.splitlines()]
    assert list(row) == [
        "handoff_id", "state", "attempts", "next_at", "code", "message", "case_id", "task_id", "kept_at",
        "settled_at",
    ]  # fmt: skip
    assert (row["handoff_id"], row["state"]) == (handoff["handoff_id"], "due")
    dry = run(home, "outbox", "resync", "--dry-run", **settings)
    assert (dry.returncode, dry.stdout.split()[0]) == (0, "due")
    assert run(home, "outbox", "resync", **settings).returncode == 75
    with served(home) as env:
        resync = run(home, "outbox", "resync", "--json", **settings_of(env))
        assert resync.returncode == 0, resync.stderr
        assert json.loads(resync.stdout)["status"] == "delivered"
        (case,) = records(salesforce(env), "SELECT Id, Handoff_Id__c FROM Case")
    assert case["Handoff_Id__c"] == handoff["handoff_id"]
    shown = run(home, "outbox", "show", handoff["handoff_id"], **settings)
    assert "delivered" in shown.stdout
    assert "Nothing to do." in shown.stdout


def test_two_processes_at_once_make_one_case_and_one_task(home: Path) -> None:
    given = json.dumps(payload()).encode()
    with served(home) as env:
        settings = environment(home, **settings_of(env))
        # The store is made before, so that both meet at the handoff and not at the tables.
        run(home, "outbox", "list", **settings_of(env))
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "sf_handoff", "deliver", "-", "--json"],
                cwd=home,
                env=settings,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for _ in range(2)
        ]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(given)
            process.stdin.flush()
        outputs = [process.communicate(timeout=60) for process in processes]
        assert [process.returncode for process in processes] == [0, 0], outputs
        cases = records(salesforce(env), "SELECT Id FROM Case")
        tasks = records(salesforce(env), "SELECT Id FROM Task")
    assert {json.loads(out)["case_id"] for out, _ in outputs} == {case["Id"] for case in cases}
    assert (len(cases), len(tasks)) == (1, 1)


def test_commands_one_after_the_other_see_the_same_embedded_org(home: Path) -> None:
    delivered = run(home, "deliver", "-", "--json", given=json.dumps(payload()), SF_HANDOFF_ORG="embedded")
    dial = json.loads(delivered.stdout)["dial"]
    args = ("screen-pop", "--call-key", "c-1", "--digits", dial["code"], "--from", "+15035550142")
    seen = run(home, *args, "--as", "json", SF_HANDOFF_ORG="embedded")
    assert seen.returncode == 0, seen.stderr
    assert json.loads(seen.stdout)["assurance"]["level"] == 4
    words = run(home, *args, SF_HANDOFF_ORG="embedded").stdout.splitlines()
    assert words[0].startswith("WHO    Jesse Gray (level 4 of 5)")
    assert words[1].startswith("SAW    Claim status.")
    assert words[2].startswith("ASK    ")
    again = run(home, "deliver", "-", "--json", given=json.dumps(payload()), SF_HANDOFF_ORG="embedded")
    assert json.loads(again.stdout)["case_number"] == json.loads(delivered.stdout)["case_number"]


def test_every_shape_of_the_pop_can_be_had(home: Path) -> None:
    delivered = run(home, "deliver", "-", "--json", given=json.dumps(payload()), SF_HANDOFF_ORG="embedded")
    receipt = json.loads(delivered.stdout)
    call = ("screen-pop", "--call-key", "c-1", "--digits", receipt["dial"]["code"], "--from", "+15035550142")

    def shaped(shape: str) -> str:
        ran = run(home, *call, "--as", shape, SF_HANDOFF_ORG="embedded")
        assert (ran.returncode, ran.stderr) == (0, ""), shape
        return ran.stdout

    case = receipt["case_id"]
    assert shaped("html").startswith("<!doctype html>")
    assert json.loads(shaped("open-cti")) == {"type": "SOBJECT", "params": {"recordId": case}}
    assert json.loads(shaped("connect"))["handoff_case_id"] == case
    assert json.loads(shaped("voice-call"))["sfdc-case_id"] == case
    assert shaped("url") == f"/lightning/r/Case/{case}/view?c__handoffRef={receipt['handoff_id']}\n"


@pytest.mark.parametrize(("shape", "shown"), [("open-cti", "null\n"), ("url", "")])
def test_a_shape_with_nothing_to_open_says_so(home: Path, shape: str, shown: str) -> None:
    ran = run(home, "screen-pop", "--call-key", "c-1", "--as", shape, SF_HANDOFF_ORG="embedded")
    assert (ran.returncode, ran.stdout) == (0, shown)
    assert "Nothing opens by itself" in ran.stderr
    assert "use your full identification protocol" in ran.stderr


def test_demo_tells_the_story(home: Path) -> None:
    ran = run(home, "demo", "--out", "pages")
    assert ran.returncode == 0, ran.stderr
    assert "after 1 API call." in ran.stdout
    assert "In the org: 1 Case, 2 Tasks." in ran.stdout
    assert "stayed as they were" in ran.stdout
    assert "due: " in ran.stdout
    assert re.search(r"delivered: Case \d+, Task 00T", ran.stdout)
    assert re.search(r": 120 cases, all of them, after \d API calls\.", ran.stdout)
    assert "\nTrending: " in ran.stdout
    assert re.search(r"\d{8}  Tier 3  trending: ", ran.stdout)
    assert {each.suffix for each in (home / "pages").glob("whh-*")} == {".csv", ".xlsx", ".html", ".jsonl"}
    assert ran.stderr == ""
    receipt = json.loads((home / "pages" / "receipt.json").read_text())
    pop = json.loads((home / "pages" / "screen-pop.json").read_text())
    assert (receipt["status"], receipt["api_calls"]) == ("delivered", 1)
    assert (pop["assurance"]["level"], pop["caller"]["display"]) == (4, "Jesse Gray")
    assert pop["context"]["claim"]["heading"] == "Evidence gathering"
    assert not (home / "data").exists()


def test_demo_without_the_extra_of_reports_says_so_and_goes_on(home: Path) -> None:
    (home / "without").mkdir(parents=True)
    (home / "without" / "rapidfuzz.py").write_text("raise ImportError(name='rapidfuzz')")
    (home / "without" / "xlsxwriter.py").write_text("raise ImportError(name='xlsxwriter')")
    path = f"{home / 'without'}:{os.environ.get('PYTHONPATH', '')}"
    ran = run(home, "demo", "--out", "pages", PYTHONPATH=path)
    assert ran.returncode == 0, ran.stderr
    assert "Left out here. " in ran.stdout and "pip install 'sf-handoff[report]'" in ran.stdout
    assert (home / "pages" / "receipt.json").exists()


def test_demo_as_json_is_one_document(home: Path) -> None:
    ran = run(home, "demo", "--json")
    assert set(json.loads(ran.stdout)) == {"handoff", "receipt", "screen-pop"}


def test_sample_handoff_can_be_delivered(home: Path) -> None:
    sample = run(home, "sample", "handoff")
    assert run(home, "deliver", "-", given=sample.stdout, SF_HANDOFF_ORG="embedded").returncode == 0


def test_serve_writes_its_settings_whole_and_private(home: Path) -> None:
    with served(home) as env:
        assert (home / "serve.env").stat().st_mode & 0o077 == 0
        assert {
            "SF_HANDOFF_ORG", "SF_HANDOFF_CLIENT_ID", "SF_HANDOFF_USERNAME", "SF_HANDOFF_PRIVATE_KEY_FILE",
            "SF_HANDOFF_CA_FILE", "EMBEDDED_HTTP", "EMBEDDED_HTTPS", "EMBEDDED_CA_FILE", "EMBEDDED_ACCESS_TOKEN",
        } <= set(env)  # fmt: skip


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("outbox", "show", str(uuid.UUID(int=0))), "the store holds no handoff with this id"),
        (("deliver",), "Missing argument"),
        (("screen-pop",), "--call-key"),
        (("metrics",), "No such command"),
        (("serve", "--env", "no/such/folder/file"), "--env"),
        (("screen-pop", "--call-key", "c", "--as", "pdf"), "html"),
    ],
)
def test_wrong_usage_is_two(home: Path, args: tuple[str, ...], said: str) -> None:
    ran = run(home, *args, SF_HANDOFF_ORG="embedded")
    assert ran.returncode == 2
    assert said in ran.stderr


def every_command(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield from every_command(command) if isinstance(command, click.Group) else (command,)


def test_help_names_the_environment_variable_of_every_option() -> None:
    silent = [
        f"{command.name} {param.name}"
        for command in every_command(cli)
        for param in command.params
        if isinstance(param, click.Option) and not param.show_envvar
    ]
    assert silent == []


def test_an_option_can_be_given_in_the_environment(home: Path) -> None:
    said = " ".join(run(home, "outbox", "list", "--help").stdout.split())
    assert "env var: SF_HANDOFF_OUTBOX_LIST_STATUS" in said
    ran = run(home, "outbox", "list", SF_HANDOFF_ORG="embedded", SF_HANDOFF_OUTBOX_LIST_STATUS="nonsense")
    assert ran.returncode == 2


def test_python_cli_py_is_the_same_program() -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "sf-handoff, version 0.1.0\n"
