"""Seals what is personal before it is stored: AES-256-GCM under a local key, bound to its row.

Sealed bytes are `version | key id length | key id | nonce | ciphertext`. The associated data names the
row and column, so that bytes pasted into another row do not open. NIST SP 800-38D; random 96-bit nonces
are good for 2**32 messages a key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sf_handoff.errors import Misconfigured

_VERSION = b"\x01"
_NONCE = 12
TAMPERED = "TAMPERED"


@dataclass(frozen=True)
class Seal:
    """Encrypts with `writing`, opens with any of `keys` (by key id)."""

    writing: str
    keys: Mapping[str, bytes] = field(repr=False)

    def close(self, plain: bytes, row: str) -> bytes:
        """`plain`, sealed for `row`."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        head = _VERSION + bytes([len(self.writing)]) + self.writing.encode()
        nonce = secrets.token_bytes(_NONCE)
        return head + nonce + AESGCM(self.keys[self.writing]).encrypt(nonce, plain, row.encode())

    def open(self, sealed: bytes, row: str) -> bytes:
        """What was sealed for `row`. Raises Misconfigured (`KEY`, `TAMPERED`) where it cannot be opened."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key_id, rest = _split(sealed)
        if key_id not in self.keys:
            raise Misconfigured(
                "ENCRYPTION_KEYS: the key that some rows were sealed with is missing. Put it back.",
                code="KEY",
            )
        opened: bytes | None
        try:
            opened = AESGCM(self.keys[key_id]).decrypt(rest[:_NONCE], rest[_NONCE:], row.encode())
        except (InvalidTag, ValueError):
            opened = None
        if opened is None:
            raise Misconfigured("store: a sealed value was changed or moved to another row.", code=TAMPERED)
        return opened


def keyed_hash(key: bytes, kind: str, text: str) -> str:
    """A keyed hash of `text` for look-ups. `kind` keeps hashes of different things apart."""
    return hmac.new(key, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()


def seal_from_text(text: str) -> Seal:
    """A Seal from `id:base64` entries, one a line or separated by commas. The first one writes."""
    entries = [entry.strip() for entry in text.replace(",", "\n").splitlines() if entry.strip()]
    keys: dict[str, bytes] = {}
    for number, entry in enumerate(entries, 1):
        key_id, _, encoded = entry.partition(":")
        key = _decoded(encoded)
        if not (key_id.isascii() and 0 < len(key_id) <= 32 and len(key) == 32):
            raise Misconfigured(f"ENCRYPTION_KEYS: entry {number} is not `id:base64 of 32 bytes`.")
        if key_id in keys:
            raise Misconfigured(f"ENCRYPTION_KEYS: entry {number} has the id of an earlier one.")
        keys[key_id] = key
    if not keys:
        raise Misconfigured("ENCRYPTION_KEYS: there is no key. Write `id:base64 of 32 bytes`.")
    return Seal(next(iter(keys)), keys)


def seal_from_file(path: Path) -> Seal:
    """A Seal from a key file that only its owner may read."""
    text = problem = ""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            problem = f"can be read by others. Run: chmod 600 {path.name}"
        else:
            text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read ({type(error).__name__})."
    if problem:
        raise Misconfigured(f"ENCRYPTION_KEYS: {path.name} {problem}")
    return seal_from_text(text)


def make_key_file(path: Path) -> bool:
    """Makes a key file with a fresh key, for its owner alone; False if one is there already.

    Two processes may start at once: the file appears whole, under its name, exactly once.
    """
    if path.exists():
        return False
    problem = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _link_fresh_key(path)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise Misconfigured(f"ENCRYPTION_KEYS: {path.name} cannot be made: {problem}.")


def _link_fresh_key(path: Path) -> bool:
    made = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
            file.flush()
            # The first row that it seals must not reach the disk before it.
            os.fsync(file.fileno())
        os.link(made, path)
    except FileExistsError:
        return False
    finally:
        made.unlink(missing_ok=True)
    return True


def _split(sealed: bytes) -> tuple[str, bytes]:
    if sealed[:1] != _VERSION or len(sealed) < 2:
        raise Misconfigured(
            "store: a sealed value has a form that this version does not know.", code=TAMPERED
        )
    end = 2 + sealed[1]
    return sealed[2:end].decode("ascii", "replace"), sealed[end:]


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""
