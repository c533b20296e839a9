"""Webhooks: a signed delivery of our repository becomes a hint, once; everything else becomes nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sf_handoff.adapters.seal import Seal
from sf_handoff.adapters.store import SqlStore
from sf_handoff.errors import Misconfigured
from sf_handoff.webhooks import Webhooks
from tests.conftest import Clock

SECRET = "an invented secret of 32 letters"
HERE = "example-agency/hotline-issues"


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SqlStore]:
    store = SqlStore.open(f"sqlite:///{tmp_path / 'store.sqlite3'}", Seal("k", {"k": bytes(32)}), clock)
    yield store
    store.close()


@pytest.fixture
def webhooks(store: SqlStore) -> Webhooks:
    return Webhooks(SECRET, HERE, store)


def said(action: str = "closed", **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "action": action,
        "issue": {"number": 12, "title": "whatever"},
        "repository": {"full_name": HERE.upper()},
    }
    return document | changes


def delivery(
    document: Any, *, event: str = "issues", name: str = "72d3162e-cc78-11e3-81ab", secret: str = SECRET
) -> tuple[dict[str, str], bytes]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": name,
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return headers, body


@pytest.mark.parametrize(
    ("event", "action"),
    [("issues", "closed"), ("issues", "reopened"), ("issues", "transferred"), ("issue_comment", "created")],
)
def test_a_signed_delivery_is_a_hint(webhooks: Webhooks, store: SqlStore, event: str, action: str) -> None:
    answer = webhooks.take(*delivery(said(action), event=event))
    assert (answer.status, answer.number) == (202, 12)
    assert set(store.hinted()) == {12}


def test_a_delivery_that_comes_again_does_nothing(webhooks: Webhooks, store: SqlStore) -> None:
    webhooks.take(*delivery(said()))
    store.looked_at(store.hinted())
    answer = webhooks.take(*delivery(said()))
    assert (answer.status, answer.number) == (200, None)
    assert store.hinted() == {}
    assert webhooks.take(*delivery(said(), name="another-delivery")).status == 202
    assert set(store.hinted()) == {12}


def test_a_hint_that_comes_while_somebody_looks_stays(
    webhooks: Webhooks, store: SqlStore, clock: Clock
) -> None:
    webhooks.take(*delivery(said()))
    seen = store.hinted()
    clock.forward(seconds=1)
    webhooks.take(*delivery(said("edited"), name="another-delivery"))
    store.looked_at(seen)
    assert set(store.hinted()) == {12}


def test_a_copy_is_known_for_thirty_days(webhooks: Webhooks, clock: Clock) -> None:
    webhooks.take(*delivery(said()))
    clock.forward(days=29)
    webhooks.take(*delivery(said(), name="of-another-day"))
    assert webhooks.take(*delivery(said())).status == 200


def test_a_wrong_signature_is_refused_before_the_body_is_read(webhooks: Webhooks, store: SqlStore) -> None:
    headers, body = delivery(said(), secret="a secret that somebody guessed it")
    assert webhooks.take(headers, body).status == 401
    headers, body = delivery(said())
    assert webhooks.take(headers, body + b" ").status == 401
    assert webhooks.take({**headers, "X-Hub-Signature-256": ""}, body).status == 401
    assert webhooks.take({**headers, "X-Hub-Signature-256": "sha256=é"}, body).status == 401
    assert store.hinted() == {}


@pytest.mark.parametrize(
    "document",
    [
        said("assigned"),
        said(repository={"full_name": "somebody/else"}),
        said(issue={"number": 12, "pull_request": {}}),
        said(issue={"number": True}),
        said(issue={"number": "12"}),
        said(issue=None),
        ["not", "an", "object"],
        b"not json",
        b"[" * 100_000,
    ],
)
def test_what_is_not_about_our_issues_is_thanked_for(
    webhooks: Webhooks, store: SqlStore, document: Any
) -> None:
    assert webhooks.take(*delivery(document)).status == 204
    assert store.hinted() == {}


def test_other_events_and_nameless_deliveries(webhooks: Webhooks) -> None:
    assert webhooks.take(*delivery(said(), event="ping")).status == 204
    assert webhooks.take(*delivery(said(), name="")).status == 400


def test_header_names_come_in_any_case(webhooks: Webhooks) -> None:
    headers, body = delivery(said())
    assert webhooks.take({name.lower(): value for name, value in headers.items()}, body).status == 202


@pytest.mark.parametrize("secret", ["", "short"])
def test_no_secret_no_webhooks(store: SqlStore, secret: str) -> None:
    with pytest.raises(Misconfigured, match="WEBHOOK_SECRET"):
        Webhooks(secret, HERE, store)
