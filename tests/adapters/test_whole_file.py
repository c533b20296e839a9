"""A file is there as a whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sf_handoff.adapters.whole_file import whole_file
from sf_handoff.errors import Misconfigured


def test_the_file_is_there_when_the_block_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "new" / "day.csv"
    with whole_file(path) as handle:
        handle.write(b"case_number\n")
        assert not path.exists()
    assert path.read_bytes() == b"case_number\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["day.csv"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_nothing_and_the_old_file_as_it_was(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(b"yesterday's run")

    def failing() -> None:
        with whole_file(path) as handle:
            handle.write(b"half")
            raise error

    with pytest.raises(error):
        failing()
    assert path.read_bytes() == b"yesterday's run"
    assert [each.name for each in tmp_path.iterdir()] == ["day.csv"]


def test_what_is_written_is_synced_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "day.csv", []
    real = os.fsync

    def watched(number: int) -> None:
        synced.append((Path(f"/proc/self/fd/{number}").readlink(), path.exists()))
        real(number)

    if not Path("/proc/self/fd").exists():
        pytest.skip("no /proc")
    monkeypatch.setattr(os, "fsync", watched)
    with whole_file(path) as handle:
        handle.write(b"x")
    (part, before), (folder, after) = synced
    assert (Path(part).parent, before) == (tmp_path, False)
    assert (Path(folder), after) == (tmp_path, True)


def test_a_process_that_is_killed_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from sf_handoff.adapters.whole_file import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as handle:\n"
        "    handle.write(b'half'); handle.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = str(Path(__file__).parents[2])
    ran = subprocess.run([sys.executable, "-c", program, str(path)], cwd=root, check=False)
    assert ran.returncode == -9
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_a_matter_of_set_up(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Misconfigured) as refused, whole_file(tmp_path / "file" / "day.csv"):
        pass
    assert refused.value.code == "NOT_WRITTEN"
