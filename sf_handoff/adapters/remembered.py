"""The last answers to what is read again and again, for as long as the process runs.

https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
"""

from __future__ import annotations

from collections import OrderedDict

from requests import Response

MOST = 32 * 1024 * 1024


class Remembered:
    """Answers by their address, with the tags to ask for changes by; in all, bodies of `most` bytes."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._held = most, 0
        self._kept: OrderedDict[str, Response] = OrderedDict()

    def tag(self, url: str) -> dict[str, str]:
        """The header by which the other side says that nothing has changed since."""
        kept = self._kept.get(url)
        return {"If-None-Match": kept.headers["ETag"]} if kept is not None else {}

    def again(self, url: str) -> Response | None:
        if url in self._kept:
            self._kept.move_to_end(url)
        return self._kept.get(url)

    def keep(self, url: str, response: Response) -> None:
        """The longest unasked go first."""
        before = self._kept.pop(url, None)
        self._held -= len(before.content) if before is not None else 0
        if "ETag" not in response.headers:
            return
        self._kept[url] = response
        self._held += len(response.content)
        while self._held > self._most:
            _, gone = self._kept.popitem(last=False)
            self._held -= len(gone.content)
