"""The files of an embedded org: its records, its throw-away CA and certificate, its app's key and secret.

All are made on first use, under the database's write lock, so that two processes that start at once share
one set. The folder is 0700, the files 0600.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sf_handoff.embedded.database import Database
from sf_handoff.embedded.org import Identity

USERNAME = "integration@embedded.example"


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / "org.sqlite3"
        self.ca = path / "ca.pem"
        self.certificate = path / "server.pem"
        self.app_key = path / "app.key"
        self.app = path / "app.json"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def identity(self, database: Database) -> Identity:
        """Make what is missing, and read who the app is."""
        with database.transaction():
            if not (self.ca.exists() and self.certificate.exists()):
                self._make_certificate()
            if not self.app_key.exists():
                _write(self.app_key, _new_key())
            if not self.app.exists():
                _write(self.app, json.dumps(_new_app(), indent=2).encode())
        app: Mapping[str, str] = json.loads(self.app.read_bytes())
        key = serialization.load_pem_private_key(self.app_key.read_bytes(), None)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return Identity(app["client_id"], app["client_secret"], app["username"], public.decode())

    def _make_certificate(self) -> None:
        authority = trustme.CA(organization_name="Embedded org of sf-handoff")
        issued = authority.issue_cert("127.0.0.1", "localhost")
        _write(self.certificate, issued.private_key_and_cert_chain_pem.bytes())
        _write(self.ca, authority.cert_pem.bytes())


def _new_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _new_app() -> dict[str, str]:
    return {
        "client_id": f"3MVG9{secrets.token_hex(40)}",
        "client_secret": secrets.token_hex(32).upper(),
        "username": USERNAME,
    }


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and never readable by others."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
