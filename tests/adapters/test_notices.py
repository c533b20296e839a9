"""Notices in the store: as they were kept, sealed, changed by one at a time, purged; mails as files."""

from __future__ import annotations

import csv
import io
import json
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from sqlalchemy import select, update

from sf_handoff.adapters.notice_mails import COLUMNS, read_certificate, write_mails
from sf_handoff.adapters.seal import TAMPERED
from sf_handoff.adapters.store import SqlStore
from sf_handoff.adapters.tables import notices
from sf_handoff.errors import Misconfigured, Rejected
from sf_handoff.reports.notices.kept import KeptMass, KeptNotice
from sf_handoff.reports.notices.mass import Audience, MassDraft
from sf_handoff.reports.notices.rendering import Rendered
from sf_handoff.reports.notices.values import (
    Attempt,
    Means,
    Notice,
    NoticeState,
    Outcome,
    Reached,
    Route,
    Waiting,
)
from tests.adapters.stored import AT, at_once
from tests.conftest import Clock

SAID = "Claims load again, 00001001."
NO_ANSWER = Attempt(Means.EMAIL, AT + timedelta(microseconds=123457), Reached.NO_ANSWER)


def notice(number: int = 1, **changes: object) -> Notice:
    made = Notice(
        f"{number:040d}", 12, f"{number:08d}", f"500000000{number:06d}AAA", Route.CONTACT_CENTER,
        NoticeState.DRAFT, Outcome.COMPLETED, "resolved", "About your report", SAID, "d" * 64,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def kept(number: int = 1, *, state: NoticeState = NoticeState.DRAFT, **changes: object) -> KeptNotice:
    said = notice(number, state=state)
    waiting = Waiting(said.case_number, said.case_id, email_there=True)
    return replace(KeptNotice(said, "t/1", 1, waiting), **changes)  # type: ignore[arg-type]


def keep(store: SqlStore, *wanted: KeptNotice) -> None:
    of = {each.notice_id: each for each in wanted}
    store.change_notices(list(of), lambda key, before: of[key])


EVERYTHING = kept(
    product="Claim status",
    notice=notice(
        state=NoticeState.EXHAUSTED,
        chosen=True,
        reason="All attempts were made.",
        attempts=(NO_ANSWER, NO_ANSWER),
    ),
    recorded_by=("005A", None),
    approved_at=AT,
    approved_by="005A",
    settled_at=AT,
    written="s" * 40,
    code="NOT_SEEN",
    task_id="00T000000000001AAA",
    task_open=True,
    exported=1,
    reopened=True,
)


def test_a_notice_comes_back_as_it_was_kept(store: SqlStore) -> None:
    keep(store, EVERYTHING, kept(2))
    assert store.notices() == [EVERYTHING, kept(2)]


def test_it_is_found_by_what_is_asked_for(store: SqlStore) -> None:
    other = replace(kept(2, state=NoticeState.APPROVED), ticket_id="t/2")
    keep(store, kept(), other)
    assert store.notices(ids=(kept().notice_id,)) == [kept()]
    assert store.notices(ticket_id="t/2") == [other]
    assert store.notices(states=(NoticeState.APPROVED,)) == [other]
    assert (len(store.notices(ticket=12)), store.notices(ticket=13)) == (2, [])
    written = replace(other, written=other.stamp)
    keep(store, written)
    assert store.notices(unwritten=True) == [kept()]
    keep(store, replace(written, notice=replace(written.notice, reason="another")))
    assert len(store.notices(unwritten=True)) == 2


def test_subject_and_text_are_sealed(store: SqlStore) -> None:
    keep(store, kept())
    with store._transaction() as tx:
        found = tx.execute(select(notices)).one()
    row = b" ".join(str(each).encode() if not isinstance(each, bytes) else each for each in found)
    assert b"Claims load" not in row
    assert b"About your" not in row


def test_a_text_that_was_moved_to_another_notice_does_not_open(store: SqlStore) -> None:
    keep(store, kept(1), kept(2))
    with store._transaction() as tx:
        sealed = tx.execute(select(notices.c.sealed).where(notices.c.case_number == "00000001")).scalar_one()
        tx.execute(update(notices).where(notices.c.case_number == "00000002").values(sealed=sealed))
    with pytest.raises(Misconfigured) as caught:
        store.notices()
    assert caught.value.code == TAMPERED


def test_what_is_changed_sees_what_is_kept_and_the_rest_stays(store: SqlStore) -> None:
    keep(store, kept(1), kept(2))
    seen = []

    def change(key: str, before: KeptNotice | None) -> KeptNotice | None:
        seen.append(before)
        return replace(before, code="X") if before == kept(1) else None

    assert store.change_notices([kept(1).notice_id, kept(2).notice_id, "0"], change) == [
        replace(kept(1), code="X")
    ]
    assert seen == [kept(1), kept(2), None]
    assert store.notices() == [replace(kept(1), code="X"), kept(2)]


def test_a_change_that_is_refused_changes_nothing(store: SqlStore) -> None:
    keep(store, kept(1))

    def refused(key: str, before: KeptNotice | None) -> KeptNotice | None:
        if key == kept(2).notice_id:
            raise Rejected("no")
        return replace(kept(1), code="X")

    with pytest.raises(Rejected):
        store.change_notices([kept(1).notice_id, kept(2).notice_id], refused)
    assert store.notices() == [kept(1)]


def test_changes_at_once_are_made_one_after_the_other(store: SqlStore) -> None:
    """Each attempt is counted, whoever records it at the same moment."""
    keep(store, kept(1, state=NoticeState.APPROVED))

    def tried(number: int) -> None:
        attempt = replace(NO_ANSWER, at=AT + timedelta(minutes=number))

        def change(key: str, before: KeptNotice | None) -> KeptNotice | None:
            assert before is not None
            more = replace(before.notice, attempts=(*before.notice.attempts, attempt))
            return replace(before, notice=more, recorded_by=(*before.recorded_by, None))

        store.change_notices([kept(1).notice_id], change)

    at_once(4, tried)
    (found,) = store.notices()
    assert len(set(found.notice.attempts)) == 4


def test_thousands_go_in_a_few_statements(store: SqlStore) -> None:
    many = [kept(number) for number in range(1, 1202)]
    keep(store, *many)
    assert store.notices() == many


# Everybody


def mass(**changes: object) -> KeptMass:
    draft = MassDraft("m1", 12, Audience(60, 50), Rendered("b", "B", SAID), Rendered("m", "M", SAID))
    return replace(KeptMass(draft, "t/1", 1), **changes)  # type: ignore[arg-type]


def test_drafts_to_everybody_come_back_and_go(store: SqlStore) -> None:
    store.change_mass("m1", lambda before: mass())
    assert store.masses() == [mass()]
    approved = mass(draft=replace(mass().draft, approved=True), approved_at=AT, approved_by="005A")
    assert store.change_mass("m1", lambda before: approved if before == mass() else None) == approved
    assert store.masses() == [approved]
    assert store.change_mass("m1", lambda before: None) is None
    assert store.masses() == []


# Purging


@pytest.mark.parametrize("state", list(NoticeState))
def test_old_settled_texts_are_purged_and_what_became_of_them_stays(
    store: SqlStore, clock: Clock, state: NoticeState
) -> None:
    open_still = state in (NoticeState.DRAFT, NoticeState.APPROVED)
    keep(store, kept(state=state, settled_at=clock.now))
    clock.forward(days=30)
    assert store.purge_notices(timedelta(days=30)) == 0
    clock.forward(seconds=1)
    assert store.purge_notices(timedelta(days=30)) == (0 if open_still else 1)
    (found,) = store.notices()
    assert (found.purged, found.notice.body) == ((False, SAID) if open_still else (True, ""))
    assert (found.notice.state, found.notice.digest) == (state, "d" * 64)
    assert store.purge_notices(timedelta(days=30)) == 0


# Mails


def mails() -> list[KeptNotice]:
    risky = replace(notice(2), subject="=1+1", body='+1 "quoted"\nand more')
    return [kept(1), replace(kept(2), notice=risky)]


def nothing() -> None:
    """Notes nothing."""


def test_a_file_has_the_text_and_no_address_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    write_mails(path, mails(), "csv", nothing)
    head, first, second = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
    assert tuple(head) == COLUMNS == ("notice_id", "case_id", "case_number", "subject", "body")
    assert first == [kept(1).notice_id, "500000000000001AAA", "00000001", "About your report", SAID]
    assert second[3:] == ["'=1+1", '\'+1 "quoted"\nand more']
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_json_has_the_same_under_the_same_names(tmp_path: Path) -> None:
    path = tmp_path / "mails.json"
    write_mails(path, mails(), "json", nothing)
    found = json.loads(path.read_text("utf-8"))
    assert [tuple(each) for each in found] == [COLUMNS, COLUMNS]
    assert found[1]["subject"] == "=1+1"


def test_what_could_not_be_noted_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"

    def refused() -> None:
        raise Rejected("A notice was changed.")

    with pytest.raises(Rejected):
        write_mails(path, mails(), "csv", refused)
    assert list(tmp_path.iterdir()) == []


def certificate(folder: Path, *, days: int = 1, elliptic: bool = False) -> tuple[Path, Path]:
    """A certificate and its key, as files."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail system")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=2), now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "recipient.pem", folder / "recipient.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@pytest.mark.skipif(which("openssl") is None, reason="there is no openssl")
def test_openssl_opens_what_was_encrypted(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    plain, path = tmp_path / "mails.csv", tmp_path / "mails.p7m"
    write_mails(plain, mails(), "csv", nothing)
    write_mails(path, mails(), "csv", nothing, read_certificate(cert, datetime.now(UTC)))
    assert b"Claims" not in path.read_bytes()
    command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", str(path), "-inkey", str(key)]
    assert subprocess.run(command, capture_output=True, check=True).stdout == plain.read_bytes()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: certificate(folder, days=-1)[0], "not valid today"),
        (lambda folder: certificate(folder, elliptic=True)[0], "not an RSA key"),
        (lambda folder: certificate(folder)[1], "could not be read"),
        (lambda folder: folder / "nothing.pem", "could not be read"),
    ],
)
def test_a_certificate_that_is_no_good_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], says: str
) -> None:
    with pytest.raises(Misconfigured, match=says):
        read_certificate(make(tmp_path), datetime.now(UTC))
