"""Rows wait in a file without a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sf_handoff.adapters.spool import Spool
from sf_handoff.errors import Misconfigured
from sf_handoff.reports.reading import Kept


def kept(number: int, opened: str = "2026-11-19T05:00:00+00:00", *, doubtful: bool = False) -> Kept:
    return Kept(f"500{number:015d}", f"{number:08d}", opened, (number, None, "x", True, 1.5), doubtful)


@pytest.fixture
def spool() -> Iterator[Spool]:
    with closing(Spool()) as made:
        yield made


def test_rows_come_in_the_order_of_opening_and_as_often_as_one_likes(spool: Spool) -> None:
    for number, opened in ((1, "2026-11-19T09"), (3, "2026-11-19T08"), (2, "2026-11-19T08")):
        assert spool.add(kept(number, opened))
    for _ in range(2):
        assert [values[0] for values, _ in spool.rows()] == [2, 3, 1]
    assert next(spool.rows()) == ((2, None, "x", True, 1.5), False)


def test_a_case_is_kept_once_and_the_first_row_stays(spool: Spool) -> None:
    assert spool.add(kept(1, "2026-11-19T08"))
    assert not spool.add(Kept(kept(1).case_id, "other", "2026-11-19T07", ("other",)))
    assert len(spool) == 1
    assert [values[0] for values, _ in spool.rows()] == [1]


def test_doubtful_rows_are_handed_out_in_parts_and_completed(spool: Spool) -> None:
    for number in range(5):
        spool.add(kept(number, doubtful=number != 2))
    first = spool.doubtful("", 2)
    rest = spool.doubtful(first[-1][0], 10)
    assert [int(number) for _, number, _ in first + rest] == [0, 1, 3, 4]
    spool.put(first[0][0], ("whole",))
    spool.cut(first[1][0])
    assert [(values[0], cut) for values, cut in spool.rows()][:2] == [("whole", False), (1, True)]


def test_case_numbers_that_several_cases_have(spool: Spool) -> None:
    for number in range(4):
        spool.add(Kept(kept(number).case_id, f"{number // 2}", "2026", ()))
    assert spool.same_numbers(1) == (2, ["0"])


def test_the_file_has_no_name_and_only_the_owner_reads_it(spool: Spool) -> None:
    """So nothing is left of it, whatever ends the process."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc")
    before = deleted()
    for number in range(20_000):
        spool.add(kept(number))
    found = deleted() - before
    assert found, "the rows are in memory"
    assert all(Path(f"/proc/self/fd/{fd}").stat().st_mode & 0o777 == 0o600 for fd, _ in found)


def deleted() -> set[tuple[str, str]]:
    """The open files of this process that have no name any more."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        try:
            found.add((each.name, str(each.readlink())))
        except OSError:
            continue
    return {(fd, name) for fd, name in found if name.endswith("(deleted)")}


def test_a_full_disk_is_said() -> None:
    with closing(Spool()) as spool:
        spool._file.execute("PRAGMA max_page_count = 20")
        with pytest.raises(Misconfigured) as refused:
            list(map(spool.add, (kept(number, "canary " * 99) for number in range(999))))
        assert refused.value.code == "NO_ROOM"
        assert "canary" not in str(refused.value)
