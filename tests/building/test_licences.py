"""What README says of licences is what the packages say of themselves, and the bill of materials is one."""

import json
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.building.run_set import LOCK, copyleft_of_the_run_set, is_copyleft, licence_of, run_set
from tests.building.sbom import main

ROOT = Path(__file__).parent.parent.parent


def test_readme_names_every_copyleft_package_of_the_run_set_and_its_licence() -> None:
    said = (ROOT / "README.md").read_text().partition("## Licence")[2].partition("\n## ")[0]
    found = copyleft_of_the_run_set()
    assert "certifi" in found
    named = set(re.findall(r"`([a-z0-9-]+)`", said)) & run_set()
    assert named - {"psycopg"} == set(found)
    families = {
        re.search(r"LGPL|GPL|MPL|Mozilla", licence)[0].replace("Mozilla", "MPL") for licence in found.values()
    }  # type: ignore[index]  # each is copyleft
    assert families <= set(re.findall(r"[A-Z]+PL", said))


def test_every_package_of_the_run_set_says_its_licence() -> None:
    assert [name for name in run_set() if not licence_of(name)] == []


@pytest.mark.parametrize(
    "licence",
    [
        "LGPL-3.0-or-later",
        "GPLv3",
        "MPL 2.0",
        "GNU Lesser General Public License v3 or later (LGPLv3+)",
        "EUPL-1.2",
    ],
)
def test_copyleft_is_known_by_its_names(licence: str) -> None:
    assert is_copyleft(licence)
    assert not is_copyleft("MIT")
    assert not is_copyleft("Apache Software License; BSD")


@pytest.mark.slow
def test_the_bill_of_materials_is_valid_and_names_the_run_set(tmp_path: Path) -> None:
    target = tmp_path / "build" / "sbom.json"
    main(target)
    text = target.read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    components = {re.sub(r"[._]", "-", one["name"].lower()): one for one in document["components"]}
    assert {re.sub(r"[._]", "-", name) for name in run_set()} == set(components)
    assert all(one.get("licenses") and one.get("version") for one in components.values())
    assert f"rapidfuzz=={components['rapidfuzz']['version']} " in LOCK.read_text()
    assert str(ROOT) not in text
