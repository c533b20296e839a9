"""simple-salesforce, as it comes, behind the gate. https://simple-salesforce.readthedocs.io/"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from simple_salesforce import Salesforce

from sf_handoff.embedded import Embedded
from tests.embedded.world import VERSION
from tests.strangers.gate import MY_DOMAIN, Gate

DOMAIN = MY_DOMAIN.removesuffix(".salesforce.com")


@contextmanager
def a_client(org: Embedded, gate: Gate, **credentials: Any) -> Iterator[Any]:
    """Signed in by `credentials`, or else by client credentials at My Domain."""
    ours = {"domain": DOMAIN, "consumer_key": org.client_id, "consumer_secret": org.client_secret}
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(org.ca_file)
        session.proxies = {"https": gate.url}
        yield Salesforce(version=VERSION, session=session, **(credentials or ours))
