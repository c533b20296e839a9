"""The embedded org against recorded traffic of real ones. `python -m tests.replay` prints the table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from fnmatch import fnmatchcase

import pytest

from tests.replay.readers import FOLDER, SOURCES, Exchange, exchanges, files
from tests.replay.scope import LEFT_OUT, MAY_DIFFER, OTHER_FOLDERS, left_out
from tests.replay.stage import Stage
from tests.replay.verdicts import table, verdicts

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"no recorded exchanges at {FOLDER}")
ALL = exchanges() if FOLDER.exists() else ()
IN_SCOPE = [each for each in ALL if left_out(each) is None]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with closing(Stage(tmp_path_factory.mktemp("orgs"))) as stage:
        yield stage


@pytest.mark.parametrize("exchange", IN_SCOPE, ids=lambda each: each.id)
def test_the_org_answers_as_recorded(stage: Stage, exchange: Exchange) -> None:
    found = stage.differences(exchange)
    assert bool(found) == (exchange.id in MAY_DIFFER), "\n".join(found[:10]) or "it agrees after all"


def test_enough_is_in_scope_and_nearly_all_of_it_agrees() -> None:
    distinct = {(each.method, each.path, repr(each.body), repr(each.answer)) for each in IN_SCOPE}
    assert len(distinct) >= 100
    assert len(MAY_DIFFER) <= 0.05 * len(distinct)
    assert set(MAY_DIFFER) <= {each.id for each in IN_SCOPE}


def test_every_file_is_played_or_has_a_reason() -> None:
    told = {(each.source, each.file) for each in ALL}
    assert told == {(source, path.name) for source in SOURCES for path in files(source)}
    assert [each.id for each in IN_SCOPE if not each.method] == []
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    assert folders == {*SOURCES, *OTHER_FOLDERS}


def test_every_reason_is_for_something() -> None:
    unused = [name for name in LEFT_OUT if not any(fnmatchcase(each.id, name) for each in ALL)]
    assert not unused


def test_the_table_tells_all(stage: Stage) -> None:
    rows = verdicts(stage)
    assert [each.name for each in rows] == [each.name for each in ALL]
    assert [each.name for each in rows if not each.reason and each.verdict != "agrees"] == []
    agreeing = len(IN_SCOPE) - len(MAY_DIFFER)
    assert table(rows).endswith(f"{len(IN_SCOPE)} in scope, of which {agreeing} agree")
