"""Rows kept on disk until they are wanted in another order; the file has no name that others could open."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Spool(Generic[T]):
    """Takes things with a key to sort them by; memory holds the keys and where each thing lies."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed with this)
        self._found: list[tuple[Any, int]] = []

    def __enter__(self) -> Spool[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, key: Any, thing: T) -> None:
        self._found.append((key, self._file.tell()))
        pickle.dump(thing, self._file, pickle.HIGHEST_PROTOCOL)

    def sorted(self) -> Iterator[T]:
        for _, at in sorted(self._found):
            self._file.seek(at)
            thing: T = pickle.load(self._file)  # noqa: S301 (our own, a moment ago)
            yield thing
