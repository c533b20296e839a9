"""Room set aside beside a SQLite store: when the disk is full, what was sent can still be noted."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

SIZE = 2 * 1024 * 1024


class Reserve:
    """A file that is only there to be deleted. A store that is no file has none."""

    def __init__(self, store: Path | None) -> None:
        self._path = store.with_name(f"{store.name}-reserve") if store else None
        self.make()

    def make(self) -> None:
        """Sets the room aside, unless it is; where there is too little, a later call may find more."""
        if self._path is None or self._path.exists():
            return
        try:
            with os.fdopen(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(bytes(SIZE))
        except FileExistsError:
            pass  # another process was quicker
        except OSError:
            self.release()

    def release(self) -> bool:
        """Gives the room to the store; False where there was none."""
        if self._path is None:
            return False
        with suppress(OSError):
            self._path.unlink()
            return True
        return False
