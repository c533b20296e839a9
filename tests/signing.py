"""An app's server as it signs handoffs, with PyJWT; and the keys that we would have of it."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sf_handoff.calls.samples import sample_handoff

ISSUER, AUDIENCE = "https://api.example.com", "sf-handoff"
SECRET = bytes(range(100, 140))
HEADER = {"typ": "handoff+jwt", "kid": "app-1"}


@dataclass(frozen=True)
class Signer:
    """Signs with ES256 as `app-1` and with HS256 as `app-2`; `keys` is what TOKEN_KEYS says of it."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def pem(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def der(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def keys(self) -> str:
        return f"app-1:ES256:{text(self.der)}\napp-2:HS256:{text(SECRET)}"

    def token(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, self.private, "ES256", {**HEADER, **header})

    def token_of_secret(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, SECRET, "HS256", {**HEADER, "kid": "app-2", **header})

    def token_of_text(self, claims: str) -> str:
        """A token of claims that no JSON library would write."""
        return jwt.PyJWS().encode(claims.encode(), self.private, "ES256", dict(HEADER))


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def part(value: object) -> str:
    """A part of a token, made by hand."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims(at: datetime, *, leave_out: str = "", **changes: Any) -> dict[str, Any]:
    """The claims of a fresh token that brings an invented handoff."""
    now = int(at.timestamp())
    payload = sample_handoff(at=at, handoff_id=str(uuid.uuid4()))
    said: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "jti": str(uuid.uuid4()),
        "handoff": payload,
        **changes,
    }
    said.pop(leave_out, None)
    return said
