"""What comes off the wire as text: JSON and whole numbers, however odd their sender.

https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

NUMBER = re.compile(r"[0-9]{1,18}")


def read_json(body: bytes) -> Any:
    """The JSON of a body. Half a surrogate pair, which no store takes, is no JSON, nor is what never ends."""
    text = body.decode("utf-8-sig")
    try:
        found = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False).encode()
    return found


def whole(text: str) -> int | None:
    """The number that `text` writes in digits, if it is one that can count anything."""
    return int(text) if NUMBER.fullmatch(text) else None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
