"""aiosalesforce, as it comes, behind the gate. https://georgebv.github.io/aiosalesforce/"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
from aiosalesforce import Salesforce
from aiosalesforce.auth import Auth, ClientCredentialsFlow

from sf_handoff.embedded import Embedded
from tests.embedded.world import VERSION
from tests.strangers.gate import MY_DOMAIN, Gate

T = TypeVar("T")


def conversation(
    org: Embedded, gate: Gate, talk: Callable[[Salesforce], Awaitable[T]], auth: Auth | None = None
) -> T:
    """What `talk` returns, of a client that signs in by `auth` or else by client credentials."""
    base_url = f"https://{MY_DOMAIN}"
    trust = ssl.create_default_context(cafile=org.ca_file)
    auth = auth or ClientCredentialsFlow(org.client_id, org.client_secret)

    async def talking() -> T:
        async with httpx.AsyncClient(proxy=gate.url, verify=trust, trust_env=False) as http:
            return await talk(Salesforce(http, base_url, auth, version=VERSION))

    return asyncio.run(talking())
