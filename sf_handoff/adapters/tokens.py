"""The keys that signed handoffs are verified with, each pinned to its algorithm (RFC 8725, 3.1).

The signature is PyJWT's to judge: a well kept library, and one that the sign-in needs anyway. It is asked for
no more than that, since it knows no life time of a token, no replay and no repeated JSON keys, and has the
clock of the machine; the claims are read in `calls/signed.py`. https://pyjwt.readthedocs.io
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sf_handoff.calls.payload import MOST_BYTES
from sf_handoff.calls.signed import (
    Parties,
    SignedCall,
    SignedHandoff,
    bad_token,
    read_signed,
    read_signed_call,
)
from sf_handoff.errors import InvalidHandoff, Misconfigured, Problem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

TYP = "handoff+jwt"
CALL_TYP = "handoff-call+jwt"
# The largest payload in base64, with a header and a signature.
MOST_CHARACTERS = MOST_BYTES * 4 // 3 + 4096
FEWEST_SECRET_BYTES = 32
_KID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FILE = "file:"


@dataclass(frozen=True)
class TokenKey:
    """A key for one algorithm, and no other: ES256 with a public key, HS256 with a shared secret."""

    algorithm: str
    key: EllipticCurvePublicKey | bytes = field(repr=False)


@dataclass(frozen=True)
class TokenKeys:
    """Verifies signed handoffs with the key that their `kid` names. Safe to share between threads."""

    keys: Mapping[str, TokenKey]
    parties: Parties

    def read(self, token: str | bytes, now: datetime) -> SignedHandoff:
        """The handoff of a token. Raises InvalidHandoff (`BAD_TOKEN`, `TOO_LARGE` or for its payload)."""
        text, claims = self._opened(token, TYP)
        return read_signed(claims, text.rpartition(".")[0], self.parties, now)

    def read_call(self, token: str | bytes, now: datetime) -> SignedCall:
        """What the token of a call from inside the app says. Raises InvalidHandoff as `read` does."""
        return read_signed_call(self._opened(token, CALL_TYP)[1], self.parties, now)

    def _opened(self, token: str | bytes, typ: str) -> tuple[str, bytes]:
        text = _plain(token)
        return text, _verified(text, self._key(_header(text, typ)))

    def _key(self, header: Mapping[str, object]) -> TokenKey:
        kid = header.get("kid")
        key = self.keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise bad_token(Problem("kid", "required: the id of a key in TOKEN_KEYS"))
        if header.get("alg") != key.algorithm:
            raise bad_token(Problem("alg", "expected the algorithm that TOKEN_KEYS gives to this kid"))
        return key


def token_keys(text: str, parties: Parties) -> TokenKeys:
    """The keys in `kid:algorithm:key` entries, one a line or separated by commas.

    The key is `file:` and the path of a public key's PEM file, or base64: of a public key as in that file
    (ES256), of 32 secret bytes or more (HS256). Raises Misconfigured, which counts entries and quotes none.
    """
    entries = [entry.strip() for entry in text.replace(",", "\n").splitlines() if entry.strip()]
    keys: dict[str, TokenKey] = {}
    for number, entry in enumerate(entries, 1):
        kid, algorithm, value = (*entry.split(":", 2), "", "")[:3]
        made = _MAKERS.get(algorithm, lambda value: None)(value) if _KID.fullmatch(kid) else None
        if made is None or kid in keys:
            wrong = "has the kid of an earlier one" if kid in keys else f"is not {_FORMS}"
            raise Misconfigured(f"TOKEN_KEYS: entry {number} {wrong}.")
        keys[kid] = TokenKey(algorithm, made)
    if not keys:
        raise Misconfigured(f"TOKEN_KEYS: there is no key. Write {_FORMS}.")
    return TokenKeys(keys, parties)


_FORMS = (
    "`kid:ES256:base64 of a P-256 public key`, `kid:ES256:file:path of its PEM file` or "
    f"`kid:HS256:base64 of {FEWEST_SECRET_BYTES} secret bytes or more`"
)


def _secret(value: str) -> bytes | None:
    """A secret; what anybody may know, as a public key, is none."""
    data = _decoded(value)
    return data if len(data) >= FEWEST_SECRET_BYTES and _loaded(data) is None else None


def _public_key(value: str) -> EllipticCurvePublicKey | None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    data = _file(Path(value.removeprefix(_FILE))) if value.startswith(_FILE) else _decoded(value)
    key = _loaded(data)
    fits = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    return key if fits else None


_MAKERS: Mapping[str, Any] = {"ES256": _public_key, "HS256": _secret}


def _loaded(data: bytes) -> Any:
    """The public key in these bytes (PEM or DER), if they are one."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    for load in (serialization.load_pem_public_key, serialization.load_der_public_key):
        try:
            return load(data)
        except (ValueError, UnsupportedAlgorithm):
            continue
    return None


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return b""


def _file(path: Path) -> bytes:
    problem = ""
    try:
        return path.read_bytes()
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise Misconfigured(f"TOKEN_KEYS: {path.name} could not be read: {problem}.")


def _plain(token: object) -> str:
    """The token as text; its size is known before anything in it is looked at."""
    if isinstance(token, str | bytes):
        if len(token) > MOST_CHARACTERS:
            words = f"expected a payload of at most {MOST_BYTES // 1024} KiB"
            raise InvalidHandoff(f"token: {words}", code="TOO_LARGE", problems=(Problem("token", words),))
        text = token if isinstance(token, str) else token.decode("latin-1")
        if text.isascii():
            return text
    raise bad_token(_NOT_JWS)


_NOT_JWS = Problem("token", "expected a JWS in its compact form: three parts in base64url, with dots between")


def _header(token: str, typ: str) -> Mapping[str, object]:
    """The header, not verified yet: good to choose the key by, and to turn away what is of another type."""
    from jwt import PyJWS, PyJWTError

    header: Mapping[str, object] | None = None
    with suppress(PyJWTError, ValueError, RecursionError):
        header = PyJWS().get_unverified_header(token)
    if header is None:
        raise bad_token(_NOT_JWS)
    if header.get("typ") != typ:
        raise bad_token(Problem("typ", f"expected {typ}"))
    if "crit" in header:
        raise bad_token(Problem("crit", "no extension is known here; leave it out"))
    return header


def _verified(token: str, key: TokenKey) -> bytes:
    """The claims as they were signed."""
    from jwt import PyJWS, PyJWTError

    claims: bytes | None = None
    with suppress(PyJWTError, ValueError, RecursionError):
        claims = PyJWS().decode_complete(token, key.key, algorithms=[key.algorithm])["payload"]
    if claims is None:
        raise bad_token(Problem("signature", "expected one by the key of this kid"))
    return claims
