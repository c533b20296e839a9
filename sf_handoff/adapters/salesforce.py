"""Salesforce, through simple-salesforce over our own transport."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from requests import Response
from simple_salesforce import Salesforce as SimpleSalesforce

from sf_handoff.adapters.auth import ClientCredentials, JwtBearer, TokenSource
from sf_handoff.adapters.bulk import IngestJob
from sf_handoff.adapters.http import Transport
from sf_handoff.calls.composite import CompositeRequest, Part
from sf_handoff.errors import Misconfigured, Uncertain
from sf_handoff.mapping import Json
from sf_handoff.retry import Call

OLDEST_VERSION = 46.0


class SalesforceOrg:
    """One org. Safe to share between threads.

    simple-salesforce is given an address and a session whose token it never sees: the transport puts the
    real one on each request, so that no request can go out under an old one.
    """

    def __init__(
        self,
        transport: Transport,
        org_url: str,
        grant: JwtBearer | ClientCredentials,
        *,
        allowed_hosts: tuple[str, ...],
        version: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not re.fullmatch(r"\d{2,3}\.0", version, re.ASCII) or float(version) < OLDEST_VERSION:
            raise Misconfigured(f"API_VERSION: must be {OLDEST_VERSION} or newer, written like that.")
        self.version = version
        self._transport, self._sleep = transport, sleep
        transport.tokens = self._tokens = TokenSource(transport, org_url, grant, allowed_hosts)
        self._lock = threading.Lock()
        self._instance_url = ""
        self._client: SimpleSalesforce | None = None

    def client(self, call: Call | None = None) -> SimpleSalesforce:
        """simple-salesforce on the instance that the sign-in named. `call` bounds the sign-in."""
        token = self._tokens.token(call or Call())
        with self._lock:
            if self._client is None or self._instance_url != token.instance_url:
                self._instance_url = token.instance_url
                self._client = SimpleSalesforce(
                    instance_url=token.instance_url,
                    session_id="set by the transport",
                    session=self._transport,
                    version=self.version,
                    object_pairs_hook=dict,
                )
            return self._client

    def composite(self, request: CompositeRequest, call: Call) -> tuple[Part, ...]:
        """Sends a Composite and returns its parts, in the order of the request.

        Errors: those of the transport; Uncertain where the answer does not fit the request.
        """
        call.keyed = request.keyed
        body: Any = None
        with contextlib.suppress(ValueError):  # an answer without content, to some of its versions
            body = self.client(call).restful(
                "composite", method="POST", json=request.to_json(self.version), call=call
            )
        return _parts(body, request)

    def request(self, method: str, path: str, call: Call, **more: Any) -> Response:
        """One request to the REST API. `path` starts behind `/services/data/vXX.X/`."""
        return self._transport.request(method, self.client(call).base_url + path, call=call, **more)

    def bulk_insert(
        self,
        sobject: str,
        records: Sequence[dict[str, Json]],
        key: str,
        call: Call,
        alive: Callable[[], None],
    ) -> dict[str, dict[str, Json]]:
        """Makes many records by one Bulk API 2.0 job; what became of each, by its key.

        Errors: those of the transport; Misconfigured where the job as a whole failed, Uncertain where it is
        not done in time.
        """
        return IngestJob(self, call, alive, self._sleep).insert(sobject, records, key)

    def close(self) -> None:
        self._transport.close()


def _parts(body: Any, request: CompositeRequest) -> tuple[Part, ...]:
    """The parts of an answer, each checked to be the answer to its own subrequest."""
    answers = body.get("compositeResponse") if isinstance(body, dict) else None
    asked = [each.reference_id for each in request.subrequests]
    if not isinstance(answers, list) or not all(_is_part(each) for each in answers):
        raise Uncertain("Salesforce's answer to the Composite was not readable.", code="BAD_ANSWER")
    if [each["referenceId"] for each in answers] != asked:
        raise Uncertain("Salesforce's answer does not fit the Composite that was sent.", code="BAD_ANSWER")
    return tuple(Part(each["referenceId"], each["httpStatusCode"], each.get("body")) for each in answers)


def _is_part(found: Any) -> bool:
    return isinstance(found, dict) and "referenceId" in found and type(found.get("httpStatusCode")) is int
