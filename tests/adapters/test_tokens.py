"""Tokens and their keys: only a known key, with its own algorithm, opens one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sf_handoff.adapters.tokens import MOST_CHARACTERS, TokenKeys, token_keys
from sf_handoff.calls.signed import Parties
from sf_handoff.errors import InvalidHandoff, Misconfigured
from tests.signing import AUDIENCE, HEADER, ISSUER, SECRET, Signer, claims, part, text

AT = datetime(2026, 11, 20, 15, 4, 30, tzinfo=UTC)
PARTIES = Parties(ISSUER, AUDIENCE)
SIGNER = Signer()


@pytest.fixture(scope="module")
def keys() -> TokenKeys:
    return token_keys(SIGNER.keys, PARTIES)


def refusal(keys: TokenKeys, token: Any) -> InvalidHandoff:
    with pytest.raises(InvalidHandoff) as refused:
        keys.read(token, AT)
    error = refused.value
    assert error.__context__ is error.__cause__ is None
    for piece in str(token).split("."):
        assert len(piece) < 8 or piece not in str(error)
    return error


def wrong(keys: TokenKeys, token: Any) -> list[str]:
    error = refusal(keys, token)
    assert error.code == "BAD_TOKEN"
    return [problem.path for problem in error.problems]


def hmac_by_hand(header: dict[str, Any], key: bytes) -> str:
    """A token under a key that PyJWT itself would not sign with."""
    import base64
    import hashlib
    import hmac

    signed = f"{part(header)}.{part(claims(AT))}"
    made = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def test_both_algorithms_work_as_text_and_as_bytes(keys: TokenKeys) -> None:
    said = claims(AT)
    for token in (SIGNER.token(said), SIGNER.token(said).encode(), SIGNER.token_of_secret(said)):
        assert keys.read(token, AT).handoff.handoff_id == said["handoff"]["handoff_id"]


def test_the_use_of_a_token_is_bound_to_what_was_signed(keys: TokenKeys) -> None:
    said = claims(AT)
    token = SIGNER.token(said)
    assert keys.read(token, AT).use.signed == token.rpartition(".")[0]
    assert keys.read(SIGNER.token(said), AT).use == keys.read(token, AT).use


def test_none_is_no_algorithm(keys: TokenKeys) -> None:
    for alg in ("none", "None", "", None):
        assert wrong(keys, f"{part({**HEADER, 'alg': alg})}.{part(claims(AT))}.") == ["alg"]


def test_a_public_key_is_no_secret(keys: TokenKeys) -> None:
    """The old trick: HMAC with the public key, which everybody has."""
    for public in (SIGNER.pem, SIGNER.der, text(SIGNER.der).encode()):
        assert wrong(keys, hmac_by_hand({**HEADER, "alg": "HS256"}, public)) == ["alg"]
        assert wrong(keys, hmac_by_hand({**HEADER, "alg": "ES256"}, public)) == ["signature"]


def test_the_algorithm_belongs_to_the_key(keys: TokenKeys) -> None:
    assert wrong(keys, SIGNER.token(claims(AT), kid="app-2")) == ["alg"]
    assert wrong(keys, SIGNER.token_of_secret(claims(AT), kid="app-1")) == ["alg"]
    longer = jwt.encode(claims(AT), SECRET * 2, "HS512", {**HEADER, "kid": "app-2"})
    assert wrong(keys, longer) == ["alg"]


@pytest.mark.parametrize(
    "kid", ["app-3", "", "../app-1", "/dev/null", "app-1\0", "app-1 ", "APP-1", "x" * 9999]
)
def test_a_kid_is_only_ever_looked_up(keys: TokenKeys, kid: str) -> None:
    assert wrong(keys, SIGNER.token(claims(AT), kid=kid)) == ["kid"]


def test_a_kid_is_required_as_text(keys: TokenKeys) -> None:
    assert wrong(keys, jwt.encode(claims(AT), SIGNER.private, "ES256", {"typ": "handoff+jwt"})) == ["kid"]
    assert wrong(keys, f"{part({**HEADER, 'kid': ['app-1'], 'alg': 'ES256'})}.{part(claims(AT))}.x") == [
        "token"
    ]


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "application/handoff+jwt", "", None])
def test_a_token_that_was_made_for_something_else(keys: TokenKeys, typ: str | None) -> None:
    assert wrong(keys, SIGNER.token(claims(AT), typ=typ)) == ["typ"]


def test_extensions_are_not_known(keys: TokenKeys) -> None:
    header = {**HEADER, "alg": "ES256", "crit": ["exp"], "exp": 1}
    assert wrong(keys, f"{part(header)}.{part(claims(AT))}.x") in (["crit"], ["token"])


def test_another_key_of_the_same_kind(keys: TokenKeys) -> None:
    assert wrong(keys, Signer().token(claims(AT))) == ["signature"]


def test_every_part_is_covered_by_the_signature(keys: TokenKeys) -> None:
    head, body, signature = SIGNER.token(claims(AT)).split(".")
    other = part(claims(AT, sub="canary"))
    assert wrong(keys, f"{head}.{other}.{signature}") == ["signature"]
    assert wrong(keys, f"{head}.{body}.") == ["signature"]
    assert wrong(keys, f"{head}.{body}.{'A' * len(signature)}") == ["signature"]
    header = part({**HEADER, "alg": "ES256", "x": 1})
    assert wrong(keys, f"{header}.{body}.{signature}") == ["signature"]


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b", "a.b.c", "a.b.c.d.e", "é.é.é", b"\xff.\xff.\xff", "\ud800", None, 7, {}, [],
     f"{part([1])}.x.x", "W10.x.x", "e30.e30.e30 "],
)  # fmt: skip
def test_what_is_no_token_at_all(keys: TokenKeys, token: Any) -> None:
    assert refusal(keys, token).code == "BAD_TOKEN"


def test_a_header_of_thousands_of_brackets(keys: TokenKeys) -> None:
    import base64

    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
    assert wrong(keys, f"{deep}.e30.x") == ["token"]


def test_a_token_that_is_too_large_is_not_even_split(keys: TokenKeys) -> None:
    assert refusal(keys, "x" * (MOST_CHARACTERS + 1)).code == "TOO_LARGE"
    said = claims(AT)
    said["handoff"]["errors"] = [{"text": "x" * 256 * 1024}]
    assert refusal(keys, SIGNER.token(said)).code == "TOO_LARGE"


def test_signed_json_with_a_repeated_key_is_refused(keys: TokenKeys) -> None:
    said = json.dumps(claims(AT))
    assert refusal(keys, SIGNER.token_of_text(said[:-1] + ', "iss": "x"}')).code == "INVALID_JSON"


# The keys


def pem_file(folder: Path, key: bytes) -> str:
    path = folder / "app.pem"
    path.write_bytes(key)
    return f"app-1:ES256:file:{path}"


def not_keys(given: str) -> str:
    with pytest.raises(Misconfigured) as refused:
        token_keys(given, PARTIES)
    assert refused.value.__context__ is None
    return str(refused.value)


def test_a_public_key_may_stand_in_a_file(tmp_path: Path) -> None:
    keys = token_keys(pem_file(tmp_path, SIGNER.pem), PARTIES)
    assert keys.read(SIGNER.token(claims(AT)), AT).handoff.handoff_id


def test_a_new_key_beside_the_old_one() -> None:
    """Rotation: both are known for a while, then the old one is taken out."""
    old, new = Signer(), Signer()
    both = f"app-1:ES256:{text(old.der)}, app-2:ES256:{text(new.der)}"
    keys = token_keys(both, PARTIES)
    assert keys.read(old.token(claims(AT)), AT).handoff.handoff_id
    assert keys.read(new.token(claims(AT), kid="app-2"), AT).handoff.handoff_id
    after = token_keys(f"app-2:ES256:{text(new.der)}", PARTIES)
    assert wrong(after, old.token(claims(AT))) == ["kid"]


def test_keys_do_not_show() -> None:
    shown = repr(token_keys(SIGNER.keys, PARTIES))
    assert repr(SECRET) not in shown
    assert "EllipticCurve" not in shown


OTHER_CURVE = ec.generate_private_key(ec.SECP384R1()).public_key()
RSA_KEY = rsa.generate_private_key(65537, 2048).public_key()
PRIVATE = SIGNER.private.private_bytes(
    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
DER, SPKI = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo


@pytest.mark.parametrize(
    "entry",
    [
        "canary",
        "canary:ES256",
        f"canary:none:{text(SECRET)}",
        f"canary:RS256:{text(RSA_KEY.public_bytes(DER, SPKI))}",
        f"canary:ES256:{text(RSA_KEY.public_bytes(DER, SPKI))}",
        f"canary:ES256:{text(OTHER_CURVE.public_bytes(DER, SPKI))}",
        f"canary:ES256:{text(PRIVATE)}",
        f"canary:ES256:{text(SECRET)}",
        f"canary:HS256:{text(SIGNER.der)}",
        f"canary:HS256:{text(SIGNER.pem)}",
        f"canary:HS256:{text(SECRET[:31])}",
        "canary:HS256:canary secret of more than thirty-two characters",
        f"../canary:ES256:{text(SIGNER.der)}",
        f":ES256:{text(SIGNER.der)}",
        f"{'x' * 65}:ES256:{text(SIGNER.der)}",
    ],
)
def test_a_key_that_cannot_be_used_is_counted_and_not_quoted(entry: str) -> None:
    message = not_keys(f"app-9:HS256:{text(SECRET)}\n{entry}")
    assert message.startswith("TOKEN_KEYS: entry 2 is not `kid:ES256:")
    assert "canary" not in message


def test_two_keys_of_one_name() -> None:
    assert "entry 2 has the kid of an earlier one" in not_keys(
        f"a:HS256:{text(SECRET)},a:HS256:{text(SECRET)}"
    )


@pytest.mark.parametrize("given", ["", " \n,"])
def test_no_key_at_all(given: str) -> None:
    assert "there is no key" in not_keys(given)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert not_keys(f"a:ES256:file:{tmp_path}/gone.pem").startswith("TOKEN_KEYS: gone.pem could not be read")


def test_a_file_that_holds_no_key(tmp_path: Path) -> None:
    assert "entry 1 is not" in not_keys(pem_file(tmp_path, b"canary"))
