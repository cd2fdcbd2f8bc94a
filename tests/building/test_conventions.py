"""The code itself: who may commit, who may read the clock, how long a page may get.

The rules stand in prose in docs and reviews; these tests are what holds when nobody looks.
"""

import ast
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from exchange.settings import ROOT

PRODUCT = ("exchange", "jobs")
MAX_MODULE_LINES = 300
LIST_OF_TABLES = ROOT / "exchange/models/__init__.py"  # names alone, each twice: nothing to read
MAX_FUNCTION_LINES = 44
MAX_FILES_OF_FOLDER = 16  # past a dozen a package wants wings; models and migrations are lists by nature

COMMITS = {
    "exchange/db.py",
    "exchange/migrations/env.py",  # a migration is a transaction of its own
}
READS_THE_CLOCK = {"exchange/clock.py"}

# time.monotonic and time.perf_counter measure how long something took; they tell no time.
CLOCKS = {
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.strftime",
    "time.time",
    "time.time_ns",
    "func.current_timestamp",
    "func.now",
}

# Where packages come from is the business of each machine, never of a file here.
# Written in pieces, so that this file does not contain what it looks for.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "files.python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb." + "debian.org",
    "--index" + "-url",
    "--extra-index" + "-url",
    "--find" + "-links",
)


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls_in(path: Path) -> Iterator[tuple[str, int]]:
    """Every call as its last two names ("datetime.now", "session.commit") with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ".".join(ast.unparse(node.func).split(".")[-2:]), node.lineno


def imported_names(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno


def test_only_the_database_module_commits() -> None:
    elsewhere = [
        f"{named(path)}:{line}"
        for path in modules(*PRODUCT)
        if named(path) not in COMMITS
        for call, line in calls_in(path)
        if call.endswith(".commit")
    ]
    assert elsewhere == []


def test_only_the_clock_module_reads_the_clock() -> None:
    elsewhere = [
        f"{named(path)}:{line} {name}"
        for path in modules(*PRODUCT)
        if named(path) not in READS_THE_CLOCK
        for name, line in [*calls_in(path), *imported_names(path)]
        if name in CLOCKS
    ]
    assert elsewhere == []


def test_no_form_reads_numbers_as_wtforms_does() -> None:
    """A row's "²" or 5,000 nines were a 500 in its FieldList, and 400 nines in its IntegerField."""
    fields = ("FieldList", "wtforms.IntegerField", "fields.IntegerField")
    readers = ("row_fields.py", "form_fields.py")
    elsewhere = [
        f"{named(path)}:{line}"
        for path in modules(*PRODUCT)
        if named(path) not in {f"exchange/web/presentation/{reader}" for reader in readers}
        for name, line in [*calls_in(path), *imported_names(path)]
        if name.endswith(fields)
    ]
    assert elsewhere == []


def test_only_entry_points_ask_the_clock() -> None:
    """A rule, action, query or letter is given ``now``: otherwise no rehearsal can move it."""
    given_now = {"actions", "queries", "forms"}  # files, and folders of a package with many nouns
    folders = ("rules", "models", "feeds", "mail", "planner")
    asking = [
        named(path)
        for path in modules("exchange")
        if (
            given_now & {path.stem, path.parent.name}
            or path.relative_to(ROOT / "exchange").parts[0] in folders
        )
        and any(name.endswith("utc_now") for name, _ in [*calls_in(path), *imported_names(path)])
    ]
    assert asking == []


def test_every_package_is_named_in_a_layer() -> None:
    """What the layers of pyproject.toml do not name may import anything: name it there."""
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    named_there = set(re.findall(r"exchange\.(\w+)", " ".join(layers["layers"])))
    packages = {
        path.stem
        for path in (ROOT / "exchange").iterdir()
        if path.name != "__init__.py" and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert packages - named_there == set()


def test_nobody_asks_a_zone_for_dst() -> None:
    """Dublin's dst() is negative in winter; utcoffset() is right everywhere."""
    asking = [
        f"{named(path)}:{line}"
        for path in modules(*PRODUCT)
        for call, line in calls_in(path)
        if call.endswith(".dst")
    ]
    assert asking == []


def test_no_module_is_too_long_to_be_read() -> None:
    read = [path for path in modules(*PRODUCT) if not migration(path) and path != LIST_OF_TABLES]
    lengths = {named(path): lines_of(path) for path in read}
    too_long = {name: lines for name, lines in lengths.items() if lines > MAX_MODULE_LINES}
    assert too_long == {}


def test_no_folder_holds_more_files_than_its_list_tells_of() -> None:
    folders = Counter(
        named(path.parent)
        for path in modules(*PRODUCT)
        if not {"models", "migrations"} & set(path.relative_to(ROOT).parts)
    )
    assert {name: count for name, count in folders.items() if count > MAX_FILES_OF_FOLDER} == {}


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_function_is_too_long_to_be_read() -> None:
    too_long = {
        f"{named(path)}:{function.name}": length
        for path in [*modules(*PRODUCT), ROOT / "bootstrap.py"]
        if not migration(path)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert too_long == {}


def migration(path: Path) -> bool:
    """A migration is one long list by nature, and is never edited once it has landed."""
    return "migrations/versions" in path.as_posix()


@pytest.fixture(scope="module")
def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout: what is tracked cannot be told")
    listed = subprocess.run(
        # The folder's owner may be another user (a container, a CI machine).
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_names_a_package_registry(tracked_files: list[Path]) -> None:
    naming = [
        f"{named(path)}: {host}"
        for path in tracked_files
        if path.is_file()
        for host in REGISTRY_HOSTS
        if host.encode() in path.read_bytes()
    ]
    assert naming == []


def test_no_generated_file_is_tracked(tracked_files: list[Path]) -> None:
    generated = {".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", "build"}
    assert [named(path) for path in tracked_files if generated & set(named(path).split("/"))] == []


def locked(name: str) -> dict[str, str]:
    """Each package of a lock with its version and hashes."""
    text = (ROOT / "config" / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if "==" in entry]
    return {entry.partition("==")[0]: entry for entry in entries}


@pytest.mark.parametrize("name", ["run", "pg", "sso", "test"])
def test_every_locked_package_has_a_hash(name: str) -> None:
    assert [entry for entry in locked(name).values() if "--hash=sha256:" not in entry] == []


def test_larger_lock_covers_the_smaller_one() -> None:
    """bootstrap.py takes an installed `test` for an installed `run`: same versions, same hashes."""
    for smaller, larger in pairwise(["run", "pg", "sso", "test"]):
        assert locked(smaller).items() <= locked(larger).items()
