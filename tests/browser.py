"""Chromium without a window and without a network: what a page says, how it looks, how it prints."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.needs import needs

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ALONE = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=20000",
)  # fmt: skip


def chromium(html: str, folder: Path, *flags: str) -> str:
    """What Chromium prints for `html` with these flags. Files of its own it writes into `folder`."""
    needs(
        CHROMIUM, "Chromium is not installed (Debian: apt-get install chromium): the agent's page is not seen"
    )
    page = folder / "page.html"
    page.write_text(html, "utf-8")
    ran = subprocess.run(
        [str(CHROMIUM), *ALONE, f"--user-data-dir={folder / 'profile'}", *flags, page.as_uri()],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout
