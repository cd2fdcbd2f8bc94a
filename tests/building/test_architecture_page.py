"""docs/architecture.md, the README and the index of decisions say what is there: files, layers, headings.

Not whether the flows run as they are told; who changes a flow reads that page again.
"""

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from exchange.settings import ROOT

ARCHITECTURE, DECISIONS, README = "docs/architecture.md", "docs/decisions.md", "README.md"
MADE_LATER = {"var/"}  # by `make run`
_PATH = re.compile(r"(?:\w[\w.-]*/)+(?:[\w-]+\.\w+)?")  # as a whole: "feeds/pages/", "config/cycle.toml"


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def paths_in(page: str) -> set[str]:
    """What stands in backticks and looks like a path, and where links lead."""
    text = text_of(page)
    linked = {
        str((ROOT / page).parent.joinpath(target).resolve().relative_to(ROOT))
        for target in re.findall(r"\]\(([^)#:]+)\)", text)
    }
    return linked | {quoted for quoted in re.findall(r"`([^`\n]+)`", text) if _PATH.fullmatch(quoted)}


def is_there(path: str) -> bool:
    """From the root, or from exchange/ where it begins with the name of a package."""
    return (ROOT / path).exists() or (ROOT / "exchange" / path).exists()


def packages_in(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def contracts() -> list[dict[str, list[str]]]:
    """The contracts of import-linter that are about layers, that of all packages first."""
    told = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return [contract for contract in told if contract["type"] == "layers"]


def drawn_layers() -> list[dict[str, str]]:
    """The picture, a layer a node: the name of each package with its wings as they are written."""
    nodes = re.findall(r'^ *l\d+\["(.+)"\]$', text_of(ARCHITECTURE), re.MULTILINE)
    parts = [re.split(r"<br/>| · ", node) for node in nodes]
    return [{name: wings for name, _, wings in (part.partition(": ") for part in layer)} for layer in parts]


def drawn_wings() -> Iterator[tuple[str, list[set[str]]]]:
    """Each package with its wings, level by level."""
    for layer in drawn_layers():
        for name, wings in layer.items():
            yield name, [set(level.split(", ")) for level in wings.split(" → ")] if wings else []


@pytest.mark.parametrize("page", [ARCHITECTURE, README, DECISIONS])
def test_every_path_that_is_named_exists(page: str) -> None:
    named = paths_in(page)
    assert len(named) > 3
    assert sorted(path for path in named - MADE_LATER if not is_there(path)) == []


def test_picture_shows_the_layers_that_are_held() -> None:
    held = [re.findall(r"(?:exchange\.)?(\w+)", layer) for layer in contracts()[0]["layers"]]
    assert [set(layer) for layer in drawn_layers()] == [set(layer) for layer in held]


def test_picture_joins_its_layers_from_first_to_last() -> None:
    arrows = re.findall(r"^ *(l\d+(?: --> l\d+)+)$", text_of(ARCHITECTURE), re.MULTILINE)
    steps = [step for line in arrows for step in pairwise(line.split(" --> "))]
    assert steps == [(f"l{n}", f"l{n + 1}") for n in range(1, len(drawn_layers()))]


def test_picture_shows_every_package_and_every_wing() -> None:
    shown = {name: {wing for level in levels for wing in level} for name, levels in drawn_wings()}
    packages = packages_in(ROOT / "exchange")
    assert packages <= set(shown)
    there = {name: packages_in(ROOT / "exchange" / name) for name in packages}
    assert {name: shown[name] for name in packages} == there


def test_picture_shows_wings_in_the_layers_that_are_held() -> None:
    drawn = dict(drawn_wings())
    for contract in contracts()[1:]:
        for package in (name.removeprefix("exchange.") for name in contract["containers"]):
            wings = packages_in(ROOT / "exchange" / package)
            held = [wings & set(re.findall(r"\w+", layer)) for layer in contract["layers"]]
            known = set().union(*held)
            levels = [level & known for level in drawn[package]]
            assert [level for level in levels if level] == [level for level in held if level], package


def anchor(heading: str) -> str:
    """Where GitHub lets a heading be linked: small letters, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_index_of_decisions_names_each_once() -> None:
    text = text_of(DECISIONS)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    indexed = re.findall(r"^- \[(.+)\]\(#(.+)\)$", text, re.MULTILINE)
    told = [(heading.partition(" · ")[2], anchor(heading)) for heading in headings]
    assert sorted(indexed) == sorted(told)
    assert len(set(told)) == len(told)
