"""Which handler answers which path. A module that adds resources adds its routes in `resources.py`.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_list.htm
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from sf_handoff.embedded.http import Answer, Call, Route
from sf_handoff.embedded.org import Org
from sf_handoff.embedded.refusals import Refusal, not_found

FIRST, LAST = 31, 68
DATA = re.compile(r"/services/data/v([0-9]{2})\.0(/.*)?")


@dataclass(frozen=True)
class Router:
    routes: tuple[Route, ...]

    def answer(self, org: Org, call: Call) -> Answer:
        """Let the resource that `call` names answer it. Refusals are raised."""
        version, path = split(call.path)
        found, names = self.find(path)
        if float(version) < found.since:
            raise not_found()
        if call.method not in found.handlers:
            allowed = ",".join(sorted({*found.handlers, "HEAD"}))
            message = f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}"
            raise Refusal("METHOD_NOT_ALLOWED", message)
        return found.handlers[call.method](org, replace(call, version=version), **names)

    def find(self, path: str) -> tuple[Route, dict[str, str]]:
        """The route of a path below the version, and the percent-decoded names in it."""
        for each in self.routes:
            if match := each.pattern.fullmatch(path):
                return each, {name: unquote(value) for name, value in match.groupdict().items()}
        raise not_found()

    def costly(self, path: str) -> bool:
        try:
            return self.find(split(path)[1])[0].costly
        except Refusal:
            return False


def split(path: str) -> tuple[str, str]:
    """The version and what is below it. A trailing slash means nothing."""
    match = DATA.fullmatch(path)
    if match is None or not FIRST <= int(match[1]) <= LAST:
        raise not_found()
    return f"{match[1]}.0", (match[2] or "").rstrip("/")
