"""What our clients stand on: one request, with an answer or an error of ours, and with nothing left open.

requests alone would follow redirects, wait without end, read an answer of any size, and take certificates and
passwords from wherever the environment points.
"""

from __future__ import annotations

from typing import Any

import requests
from requests.exceptions import ContentDecodingError
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError

from sf_handoff.adapters.answers import Peer, no_answer
from sf_handoff.adapters.wire import Adapter, Deadline, attempt
from sf_handoff.errors import HandoffError
from sf_handoff.retry import RetryPolicy

CONNECTIONS = 32
_CHUNK = 16 * 1024


class Session(requests.Session):
    """A requests.Session that ends by a deadline, follows no redirect and knows whether anything was sent."""

    def __init__(self, peer: Peer, ca_file: str | None = None) -> None:
        super().__init__()
        self.peer = peer
        # A path, not True: for True requests takes whatever bundle the environment names.
        self.verify = ca_file or DEFAULT_CA_BUNDLE_PATH
        # Something, not None: for None requests puts a .netrc file's password in place of the token.
        self.auth = _as_it_is
        self.mount("https://", Adapter(pool_connections=4, pool_maxsize=CONNECTIONS, max_retries=0))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: to learn where a redirect leads, requests reads all of its body, without any limit."""

    def exchange(
        self, policy: RetryPolicy, deadline: Deadline, most: int, **kwargs: Any
    ) -> requests.Response:
        """The answer to one request, read to its end, whatever it says. `most` bounds its body, in bytes."""
        ours = {"timeout": deadline.limits(policy), "verify": self.verify}
        fault: HandoffError | None = None
        with attempt(deadline) as under_way:
            try:
                response = super().request(**{**kwargs, **ours, "allow_redirects": False, "stream": True})
                with response:
                    response._content = _body(response, most)
            except (OSError, ValueError, HTTPError) as error:
                fault = no_answer(error, under_way.sent, self.peer)
        if fault:
            raise fault
        return response


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _body(response: requests.Response, most: int) -> bytes:
    """The answer's body, decoded, up to the size cap. Small chunks: each may unpack a thousandfold."""
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > most:
            raise ContentDecodingError("too large")
    return bytes(body)
