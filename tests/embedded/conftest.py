from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sf_handoff.embedded import Embedded
from tests.embedded.world import Api, an_org


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One org for the tests of a module, without the assignment rule."""
    with an_org(tmp_path_factory.mktemp("org"), assignment_rule=False) as running:
        yield running


@pytest.fixture(scope="module")
def api(org: Embedded) -> Iterator[Api]:
    api = Api(org)
    with api.http:
        yield api


@pytest.fixture(scope="session")
def recorded() -> Path:
    """Recorded answers of real orgs, where the shared folder lies beside the checkout."""
    folder = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "salesforce"
    if not folder.exists():
        pytest.skip(f"no recorded answers at {folder}")
    return folder
