from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from sf_handoff.embedded import Embedded
from sf_handoff.embedded.database import Database
from sf_handoff.embedded.folder import Folder
from sf_handoff.embedded.schema import Schema
from tests.embedded.world import CASE, JESSE, PERSON, QUEUE, Api, an_org

ROOT = Path(__file__).resolve().parents[2]
UPSERT = """
import json, sys
from pathlib import Path
from tests.embedded.world import Api, an_org

with an_org(Path(sys.argv[1])) as org:
    api = Api(org, tls=True)
    with api.http:
        print(org.client_id, org.access_token(), flush=True)
        sys.stdin.readline()
        statuses = [api("PATCH", f"/sobjects/Case/Handoff_Id__c/{key}", {}).status_code for key in range(20)]
        print(json.dumps(statuses), flush=True)
        sys.stdin.readline()
"""


def process(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", UPSERT, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def say(started: subprocess.Popen[str]) -> None:
    assert started.stdin is not None
    started.stdin.write("\n")
    started.stdin.flush()


def hear(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline()


def test_two_processes_at_once_are_one_org(tmp_path: Path) -> None:
    """They start at once on a folder that is not there, and write the same keys at once."""
    folder = tmp_path / "org"
    both = [process(folder), process(folder)]
    names, tokens = zip(*(hear(each).split() for each in both), strict=True)
    for each in both:
        say(each)
    statuses = [json.loads(hear(each)) for each in both]
    with an_org(folder) as org:
        assert set(names) == {org.client_id}
        assert [sorted(pair) for pair in zip(*statuses, strict=True)] == [[200, 201]] * 20
        assert sorted(int(each["Handoff_Id__c"]) for each in org.records("Case")) == list(range(20))
        assert len({each["CaseNumber"] for each in org.records("Case")}) == 20
        assert org.api_calls == 40
        api = Api(org)
        with api.http:
            for token in tokens:
                api.http.headers["Authorization"] = f"Bearer {token}"
                assert api("GET", "/limits").status_code == 200, "a session of another process"
    for each in both:
        assert each.communicate("\n")[0] == ""
        assert each.returncode == 0


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    with an_org(tmp_path / "deep" / "org"):
        folder = tmp_path / "deep" / "org"
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = ("org.sqlite3", "ca.pem", "server.pem", "app.key", "app.json")
    assert {name: modes[name] for name in files} == dict.fromkeys(files, 0o600)


def test_who_starts_at_once_shares_one_identity(tmp_path: Path) -> None:
    start, found = threading.Barrier(6), []

    def begin() -> None:
        with closing(Database(tmp_path / "org.sqlite3")) as database:
            start.wait()
            found.append(Folder(tmp_path).identity(database))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    names = {each.name for each in tmp_path.iterdir()} - {"org.sqlite3-journal"}
    assert names == {"org.sqlite3", "ca.pem", "server.pem", "app.key", "app.json"}


def identity(org: Embedded) -> tuple[str, ...]:
    files = (org.ca_file, org.private_key_file)
    return (org.client_id, org.client_secret, org.username, *(each.read_text("ascii") for each in files))


def test_what_was_made_is_found_again(tmp_path: Path) -> None:
    with an_org(tmp_path) as org:
        org.create("Case", Subject="kept")
        first = identity(org), [org.records(name) for name in ("Case", "Contact", "Group", "User")]
    with an_org(tmp_path) as org:
        assert (identity(org), [org.records(name) for name in ("Case", "Contact", "Group", "User")]) == first


def test_seeds_are_planted_once_and_more_may_follow(tmp_path: Path) -> None:
    with an_org(tmp_path):
        pass
    with an_org(tmp_path, queues=[QUEUE, "Benefits_Line"], contacts=[JESSE, {"LastName": "Reyes"}]) as org:
        queues = [each["DeveloperName"] for each in org.records("Group") if each["Type"] == "Queue"]
        assert queues == [QUEUE, "Default_Case_Owner", "Benefits_Line"]
        assert [each["Name"] for each in org.records("Contact")] == ["Jesse Gray", "Reyes"]
        assert [each["DeveloperName"] for each in org.records("RecordType")] == ["App_Handoff"]
        assert [each["Username"] for each in org.records("User")] == [org.username]


def test_a_field_that_the_maps_gain_becomes_a_column(tmp_path: Path) -> None:
    slim = type(CASE)(CASE.sobject, CASE.key, CASE.fields[:1])
    for records in ([slim], [CASE]):
        with closing(Database(tmp_path / "org.sqlite3")) as database, database.transaction():
            database.make(Schema.build(records, PERSON))
    with an_org(tmp_path) as org:
        org.create("Case", Taps__c=1)
        assert org.records("Case")[0]["TTY__c"] is False


def test_it_stops_without_a_trace(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with an_org(tmp_path) as org:
        clients = [Api(org), Api(org, tls=True)]
        for api in clients:
            assert api("GET", "/limits").status_code == 200
        ports = [int(url.rpartition(":")[2]) for url in (org.http, org.https)]
        assert set(threading.enumerate()) - before
    assert set(threading.enumerate()) == before, "though both clients still hold a connection"
    for api in clients:
        api.http.close()
    for port in ports:
        assert free(port)


def free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_ports_may_be_chosen(tmp_path: Path) -> None:
    port = next(port for port in range(20_000, 30_000, 2) if free(port) and free(port + 1))
    with an_org(tmp_path, port=port) as org:
        assert (org.http, org.https) == (f"http://127.0.0.1:{port}", f"https://127.0.0.1:{port + 1}")
