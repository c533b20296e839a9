"""The files of a day get their names together, when all of them are on the disk, or not at all."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from sf_handoff.adapters import whole_file
from sf_handoff.adapters.report_files.cells import Found
from sf_handoff.adapters.report_files.csv import write_csv
from sf_handoff.adapters.report_files.jsonl import write_jsonl
from sf_handoff.adapters.report_files.xlsx import write_xlsx
from sf_handoff.adapters.whole_file import write_together
from sf_handoff.errors import Misconfigured
from tests.adapters.report_files.rows import about, found, rows

Write = Callable[[BinaryIO], None]


def small(file: BinaryIO) -> None:
    file.write(b"whole")


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From the file of this name on, the disk is full."""

    def make(last: str) -> None:
        usual = whole_file._opened

        def opened(path: Path) -> tuple[int, str]:
            number, name = usual(path)
            if path.name != last:
                return number, name
            os.close(number)
            return os.open("/dev/full", os.O_RDWR), name

        if not Path("/dev/full").exists():
            pytest.skip("no /dev/full")
        monkeypatch.setattr(whole_file, "_opened", opened)

    return make


def test_none_has_its_name_before_all_are_written(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def looking(file: BinaryIO) -> None:
        small(file)
        seen.append([name for name in names(tmp_path) if not name.endswith(".part")])

    write_together([(tmp_path / name, looking) for name in ("a", "b", "c")])
    assert seen == [[], [], []]
    assert names(tmp_path) == ["a", "b", "c"]
    assert {(tmp_path / name).read_bytes() for name in "abc"} == {b"whole"}
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in "abc"} == {0o600}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_where_one_fails_the_files_of_the_run_before_stay(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "a").write_bytes(b"before")

    def failing(file: BinaryIO) -> None:
        raise error

    with pytest.raises(error):
        write_together([(tmp_path / "a", small), (tmp_path / "b", failing)])
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"before"


# The library of the workbook leaves a zip file open, whose end complains where nobody listens.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ["csv", "json", "xlsx", "html"])
def test_a_disk_that_fills_up_at_the_last_file_leaves_none(
    tmp_path: Path, full: Callable[[str], None], kind: str
) -> None:
    day: Found = found()
    writers: dict[str, Write] = {
        "csv": lambda file: write_csv(file, rows(2000), day),
        "json": lambda file: write_jsonl(file, rows(2000), day),
        "xlsx": lambda file: write_xlsx(file, rows(2), day, about()),
        "html": small,
    }
    full("last")
    with pytest.raises(Misconfigured) as refused:
        write_together([(tmp_path / "first", small), (tmp_path / "last", writers[kind])])
    assert refused.value.code == "NOT_WRITTEN"
    assert refused.value.message == f"{tmp_path / 'last'}: could not be written: No space left on device."
    assert names(tmp_path) == []
    gc.collect()


@pytest.mark.parametrize("which", ["first", "second", "last"])
def test_what_only_the_sync_finds_out_is_found_out_before_any_has_its_name(
    tmp_path: Path, full: Callable[[str], None], which: str
) -> None:
    full(which)
    with pytest.raises(Misconfigured):
        write_together([(tmp_path / name, small) for name in ("first", "second", "last")])
    assert names(tmp_path) == []


def test_I10_a_link_of_the_file_s_name_is_replaced_and_never_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").symlink_to(elsewhere)
    write_together([(out / "a", small)])
    assert elsewhere.read_bytes() == b"mine"
    assert not (out / "a").is_symlink()
    assert (out / "a").read_bytes() == b"whole"


def test_a_folder_of_the_file_s_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(Misconfigured) as refused:
        write_together([(tmp_path / "a", small)])
    assert refused.value.code == "NOT_WRITTEN"
    assert names(tmp_path) == ["a"]
