"""How the vendors name things. Both count on their own; nobody should build or read these outside."""

from __future__ import annotations

import base64
import binascii
import re

WEB = "https://github.embedded.example"
BOARD = "https://zenhub.embedded.example"
# GitHub's ids of issues and comments no longer fit 32 bits; those of repositories do.
GITHUB = {"Repository": 700_000_000, "Issue": 3_100_000_000, "IssueComment": 3_400_000_000}
PREFIX = {"Repository": "R", "Issue": "I", "IssueComment": "IC", "Label": "LA", "User": "U"}
GID = re.compile(r"gid://raptor/(\w+)/(\d+)")


def github(kind: str, number: int) -> int:
    return GITHUB.get(kind, 50_000_000) + number


def from_github(kind: str, github_id: int) -> int:
    return github_id - github(kind, 0)


def node(kind: str, number: int) -> str:
    """GitHub's `node_id`."""
    return f"{PREFIX[kind]}_{_coded(str(github(kind, number)))}"


def gid(kind: str, number: int) -> str:
    """ZenHub's global id."""
    return _coded(f"gid://raptor/{kind}/{number}")


def from_gid(text: str) -> tuple[str, int] | None:
    """What kind of thing a global id names, and which."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    match = GID.fullmatch(plain)
    return (match[1], int(match[2])) if match else None


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode().rstrip("=")
