"""What is sealed opens for its own row, with its own key, and for nothing else."""

from __future__ import annotations

import base64
import hashlib
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sf_handoff.adapters.seal import (
    Seal,
    keyed_hash,
    make_key_file,
    seal_from_file,
    seal_from_text,
)
from sf_handoff.errors import Misconfigured

ROOT = Path(__file__).resolve().parents[2]
ONE, TWO = bytes(range(32)), bytes(range(32, 64))
PLAIN = b'{"name":"Wilhelmina"}'
ROW = "00000000-0000-4000-8000-000000000001/payload"


def entry(key_id: str, key: bytes) -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}"


@pytest.fixture
def seal() -> Seal:
    return seal_from_text(entry("k1", ONE))


def refusal(seal: Seal, sealed: bytes, row: str = ROW) -> str:
    with pytest.raises(Misconfigured) as refused:
        seal.open(sealed, row)
    assert refused.value.__context__ is None
    return refused.value.code


def test_what_is_sealed_opens_for_its_row(seal: Seal) -> None:
    sealed = seal.close(PLAIN, ROW)
    assert seal.open(sealed, ROW) == PLAIN
    assert b"Wilhelmina" not in sealed
    assert seal.open(seal.close(b"", ROW), ROW) == b""


def test_no_two_seals_are_alike(seal: Seal) -> None:
    assert len({seal.close(PLAIN, ROW) for _ in range(100)}) == 100


def test_what_was_moved_does_not_open(seal: Seal) -> None:
    """X05"""
    sealed = seal.close(PLAIN, ROW)
    assert refusal(seal, sealed, ROW.replace("1/", "2/")) == "TAMPERED"
    assert refusal(seal, sealed, ROW.replace("payload", "code")) == "TAMPERED"


def test_what_was_changed_does_not_open(seal: Seal) -> None:
    """X05: a flip in the key's id looks like a missing key."""
    sealed = seal.close(PLAIN, ROW)
    for at in range(len(sealed)):
        flipped = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        assert refusal(seal, flipped) in ({"KEY", "TAMPERED"} if 0 < at < 4 else {"TAMPERED"})


def test_what_was_cut_does_not_open(seal: Seal) -> None:
    """X05"""
    sealed = seal.close(PLAIN, ROW)
    for length in range(len(sealed)):
        assert refusal(seal, sealed[:length]) in ({"KEY", "TAMPERED"} if length < 4 else {"TAMPERED"})


def test_the_first_key_writes_and_all_read() -> None:
    """X05"""
    old, new = seal_from_text(entry("k1", ONE)), seal_from_text(f"{entry('k2', TWO)}, {entry('k1', ONE)}\n")
    assert new.open(old.close(PLAIN, ROW), ROW) == PLAIN
    assert new.open(new.close(PLAIN, ROW), ROW) == PLAIN
    assert refusal(old, new.close(PLAIN, ROW)) == "KEY"
    other_key_same_id = seal_from_text(entry("k2", ONE))
    assert refusal(other_key_same_id, new.close(PLAIN, ROW)) == "TAMPERED"


def test_a_seal_does_not_show_its_keys(seal: Seal) -> None:
    assert str(ONE)[2:10] not in repr(seal)
    assert "k1" in repr(seal)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no key"),
        (" \n,", "there is no key"),
        ("Y2FuYXJ5", "entry 1 "),
        (":" + base64.b64encode(ONE).decode(), "entry 1 "),
        (entry("k1", ONE[:31]), "entry 1 "),
        (entry("k1", ONE) + "\nk2:canary", "entry 2 "),
        (entry("k1", ONE) + "\nk2:canäry", "entry 2 "),
        (entry("k" * 33, ONE), "entry 1 "),
        (entry("schlüssel", ONE), "entry 1 "),
        (entry("k1", ONE) + "," + entry("k1", TWO), "entry 2 "),
    ],
)
def test_keys_that_are_none_are_refused_without_showing_them(text: str, words: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        seal_from_text(text)
    assert str(refused.value).startswith("ENCRYPTION_KEYS: ")
    assert words in str(refused.value)
    assert "can" not in str(refused.value)
    assert refused.value.__context__ is None


def test_a_keyed_hash_needs_its_key_and_kind() -> None:
    hashed = keyed_hash(ONE, "phone", "+15035550142")
    assert hashed == keyed_hash(ONE, "phone", "+15035550142")
    assert len(hashed) == 64
    others = {
        keyed_hash(TWO, "phone", "+15035550142"),
        keyed_hash(ONE, "code", "+15035550142"),
        keyed_hash(ONE, "phone", "+15035550143"),
        hashlib.sha256(b"+15035550142").hexdigest(),
    }
    assert len({hashed, *others}) == 5


# The key file


def test_a_key_file_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "store" / "store.key"
    assert make_key_file(path)
    made = path.read_bytes()
    assert not make_key_file(path)
    assert path.read_bytes() == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["store.key"]
    sealed = seal_from_file(path).close(PLAIN, ROW)
    assert seal_from_file(path).open(sealed, ROW) == PLAIN
    other = tmp_path / "other.key"
    make_key_file(other)
    assert other.read_bytes() != made


MAKE = """
import sys
from pathlib import Path
from sf_handoff.adapters.seal import make_key_file, seal_from_file

input()
made = make_key_file(Path(sys.argv[1]))
print(made, seal_from_file(Path(sys.argv[1])).keys["k1"].hex())
"""


def test_twenty_processes_make_one_key(tmp_path: Path) -> None:
    path = tmp_path / "store" / "store.key"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE, str(path)],
            env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(20)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0].split() for process in started]
    assert sorted(made for made, _ in answers) == ["False"] * 19 + ["True"]
    assert len({key for _, key in answers}) == 1
    assert [each.name for each in path.parent.iterdir()] == ["store.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "store.key"
    make_key_file(path)
    path.chmod(mode)
    with pytest.raises(Misconfigured, match=r"^ENCRYPTION_KEYS: store\.key can be read by others"):
        seal_from_file(path)


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "binary.key"
    binary.touch(0o600)
    binary.write_bytes(b"k1:\xff\xfecanary")
    for path in (tmp_path / "none.key", tmp_path, binary):
        tmp_path.chmod(0o700)
        with pytest.raises(Misconfigured, match=rf"^ENCRYPTION_KEYS: {path.name} cannot be read") as refused:
            seal_from_file(path)
        assert refused.value.__context__ is None
        assert "canary" not in repr(refused.value)


def test_a_key_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match=r"^ENCRYPTION_KEYS: store\.key cannot be made") as refused:
        make_key_file(tmp_path / "file" / "store.key")
    assert refused.value.__context__ is None
