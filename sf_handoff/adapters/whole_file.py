"""Files that are there as a whole or not at all: written under other names, synced, then renamed.

https://www.man7.org/linux/man-pages/man2/rename.2.html
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from sf_handoff.errors import Misconfigured


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A handle to write what `path` will hold once the block has ended well; only the owner may read it.

    When the block raises, nothing is left, and a file that was there before stays as it was. Raises
    Misconfigured where the folder cannot be written.
    """
    number, name = _opened(path)
    part = Path(name)
    try:
        with os.fdopen(number, "w+b") as handle:
            yield handle
            _synced(handle)
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def write_together(wanted: Sequence[tuple[Path, Callable[[BinaryIO], None]]]) -> None:
    """Files that each get their name when all of them are on the disk. Raises as `whole_file` does, and
    Misconfigured where there is no room for them."""
    problem, path = "", Path()
    try:
        with ExitStack() as opened:
            for path, write in wanted:
                handle = opened.enter_context(whole_file(path))
                write(handle)
                _synced(handle)
            return
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise _not_written(path, problem)


def _opened(path: Path) -> tuple[int, str]:
    """mkstemp makes it 0600, in the same folder, or the rename would be a copy."""
    problem = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    raise _not_written(path, problem)


def _not_written(path: Path, problem: str) -> Misconfigured:
    return Misconfigured(f"{path}: could not be written: {problem}.", code="NOT_WRITTEN")


def _synced(handle: BinaryIO) -> None:
    handle.flush()
    os.fsync(handle.fileno())


def _sync(folder: Path) -> None:
    """The new name is on the disk too."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
