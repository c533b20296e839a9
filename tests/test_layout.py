"""The house: which rooms there are, who may import whom, and what the wheel holds."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import sf_handoff

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sf_handoff"

TOP = {
    "cli.py", "mappings", "sf_handoff", "tests", "cassettes", "setup.cfg", "README.md",
    "pyproject.toml", "LICENSE", "CHANGELOG.md", "Makefile", "docs", "benchmarks", "requirements",
    ".ci", ".ruff.toml", ".gitignore",
}  # fmt: skip
THINKS = ("calls", "reports")
# What touches the network, the disk, the clock, the environment, the terminal or chance.
WORLD = {
    "requests", "urllib3", "httpx", "http", "socket", "ssl", "simple_salesforce", "sqlalchemy", "sqlite3",
    "os", "pathlib", "shutil", "tempfile", "io", "subprocess", "sys", "time", "click", "logging", "random",
    "secrets", "threading", "starlette", "uvicorn", "tenacity", "cryptography", "jwt",
}  # fmt: skip
# What puts the rooms together, one after the other: what services import, what cron and staff run.
FLOWS = {
    "connector", "sweep", "daily", "pull", "ticketing", "filing", "ticket_list", "answers", "answers_reopening", "telling", "nightly",
    "night_work", "checkup", "webhooks",
}  # fmt: skip
SHARED = {"errors", "mapping", "redaction", "retry", "texts", "worktime"}


def modules(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*.py")) if "__pycache__" not in path.parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(path: Path, *, typing_too: bool = True) -> set[str]:
    """Full names of what a module imports, wherever in it."""
    parsed = tree(path)
    skipped = set() if typing_too else {id(node) for node in typing_only(parsed)}
    found: set[str] = set()
    for node in ast.walk(parsed):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def typing_only(parsed: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(parsed):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            yield from ast.walk(node)


def rooms(found: set[str]) -> set[str]:
    """The rooms and shared modules of the package that these imports lead to; public names are no room."""
    return {name.split(".")[1] for name in found if name.startswith("sf_handoff.")} - set(sf_handoff.__all__)


def test_only_these_names_stand_on_top() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=False
    ).stdout.split()
    if not listed:
        pytest.skip("not a git checkout")
    assert {name.split("/")[0] for name in listed} - TOP == set()


@pytest.mark.parametrize("room", THINKS)
def test_what_thinks_touches_nothing(room: str) -> None:
    for path in modules(PACKAGE / room):
        touched = {name.split(".")[0] for name in imports(path)} & WORLD
        assert not touched, f"{path.name} imports {touched}"


@pytest.mark.parametrize("room", THINKS)
def test_what_thinks_asks_no_clock(room: str) -> None:
    for path in modules(PACKAGE / room):
        asked = [
            node.func.attr
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"now", "utcnow", "today"}
        ]
        opened = [
            node.func.id
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"open", "print"}
        ]
        assert asked + opened == [], path.name


def test_who_may_import_whom() -> None:
    allowed = {
        "calls": {"calls", *SHARED},
        "reports": {"reports", "calls", *SHARED},
        "embedded": {"embedded", "mapping", "reports", "texts", "errors"},
        "adapters": {"adapters", "calls", "reports", "ports", *FLOWS, *SHARED},
        "commands": {
            "commands", "adapters", "calls", "reports", "embedded", "mapping", "errors", "retry", "ports",
            *FLOWS,
        },
    }  # fmt: skip
    for room, may in allowed.items():
        for path in modules(PACKAGE / room):
            assembles = path.relative_to(PACKAGE).as_posix() == "adapters/assembly.py"
            strange = rooms(imports(path)) - may - ({"embedded"} if assembles else set())
            assert not strange, f"{path.relative_to(ROOT)} imports {strange}"


def test_shared_modules_are_pure() -> None:
    for name in ("errors", "worktime", "retry"):
        found = imports(PACKAGE / f"{name}.py")
        assert rooms(found) <= {"errors"}
        assert {each.split(".")[0] for each in found} & (WORLD - {"random"}) == set()


def test_the_maps_point_at_the_connector_and_never_the_other_way() -> None:
    for path in modules(ROOT / "mappings"):
        own = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names)
        assert own <= {"sf_handoff"}, path.name
        assert rooms(imports(path)) <= {"mapping", "calls", "reports", "worktime"}, path.name
    for path in modules(PACKAGE):
        assert not any("mappings" in name.split(".") for name in imports(path)), path.name


def test_there_is_one_dynamic_import() -> None:
    dynamic = [
        path.name
        for path in modules(PACKAGE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "import_module"
    ]
    assert dynamic == ["mapping.py"]


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path.name
        for path in modules(PACKAGE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers == {"settings.py"}


def declared_packages() -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    return set(config["options"]["packages"].split())


def test_setup_cfg_lists_every_package() -> None:
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in PACKAGE.rglob("__init__.py")}
    beside = (path.parent.relative_to(ROOT).parts for path in (ROOT / "mappings").rglob("__init__.py"))
    assert declared_packages() == found | {".".join(("sf_handoff", *parts)) for parts in beside}


def test_pyproject_is_three_lines() -> None:
    assert len((ROOT / "pyproject.toml").read_text("utf-8").splitlines()) == 3


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built from a copy so that nothing is left behind."""
    import shutil

    copy = tmp_path_factory.mktemp("copy") / "checkout"
    leave = shutil.ignore_patterns(".git", ".venv*", ".cache", "build", "*.egg-info", "__pycache__", "tests")
    shutil.copytree(ROOT, copy, ignore=leave)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(copy)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_module_and_the_maps(wheel: Path) -> None:
    held = {
        name for name in zipfile.ZipFile(wheel).namelist() if not name.split("/")[0].endswith(".dist-info")
    }
    data = {"sf_handoff/py.typed", "sf_handoff/mappings/py.typed"}
    data |= {path.relative_to(ROOT).as_posix() for path in (PACKAGE / "embedded").glob("*.json")}
    data |= {path.relative_to(ROOT).as_posix() for path in (PACKAGE / "embedded").glob("*/*.graphql")}
    code = {path.relative_to(ROOT).as_posix() for path in modules(PACKAGE)}
    maps = {f"sf_handoff/{path.relative_to(ROOT).as_posix()}" for path in modules(ROOT / "mappings")}
    assert held == code | maps | data


def test_the_wheel_works_in_an_unrelated_folder(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(place)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import sf_handoff, sf_handoff.mapping as m\n"
        "assert sf_handoff.__file__.startswith(sys.argv[1]), sf_handoff.__file__\n"
        "maps = m.bundled()\n"
        "assert sys.modules['sf_handoff.mappings'].__file__.startswith(sys.argv[1])\n"
        "print(maps.case.sobject, len(maps.case.fields))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program, str(place)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("Case ")


def test_cli_py_runs_in_a_bare_checkout(tmp_path: Path) -> None:
    """With the dependencies but without an installed package: everything comes from beside cli.py."""
    import shutil

    for name in ("cli.py", "sf_handoff", "mappings"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    store = f"sqlite:///{tmp_path / 'store' / 'store.sqlite3'}"
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "cli.py"), "outbox", "list"],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "SF_HANDOFF_ORG": "embedded",
            "SF_HANDOFF_STORE": store,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "The store is empty." in ran.stderr
    assert len((ROOT / "cli.py").read_text("utf-8").splitlines()) <= 15
