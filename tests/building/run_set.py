"""What `make run` installs, and under which licences: for the bill of materials and for README."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

LOCK = Path(__file__).parent.parent.parent / "config/requirements/run.lock"
_SPDX_COPYLEFT = re.compile(
    r"\b(?:[AL]?GPL|MPL|EPL|CDDL|EUPL|CeCILL|OSL|MS-RL|CC-BY-SA)(?:v?[\d.]+\+?)?\b", re.IGNORECASE
)
_NAMED_COPYLEFT = re.compile(
    r"GNU (?:Affero |Lesser |Library or Lesser )?General Public"
    r"|(?:Mozilla|Eclipse|European Union) Public",
    re.IGNORECASE,
)


def run_set() -> set[str]:
    """The names of all packages of the set that are installed here, as the lock spells them."""
    names = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", LOCK.read_text(), re.MULTILINE)
    return {name for name in names if _is_installed(name)}


def copyleft_of_the_run_set() -> dict[str, str]:
    """The packages whose licence asks for the same licence of what is made of them, with their licences."""
    found = {name: licence_of(name) for name in sorted(run_set())}
    return {name: licence for name, licence in found.items() if is_copyleft(licence)}


def licence_of(name: str) -> str:
    """What a package says of its licence: the SPDX expression, or its classifiers and first line."""
    metadata = distribution(name).metadata
    classifiers = [text for text in metadata.get_all("Classifier") or [] if text.startswith("License ::")]
    stated = (metadata.get("License") or "").strip().partition("\n")[0][:100]
    return metadata.get("License-Expression") or "; ".join([*classifiers, stated]).strip("; ")


def is_copyleft(licence: str) -> bool:
    """Whether any part of the licence is: a choice of licences counts as all of them."""
    return bool(_SPDX_COPYLEFT.search(licence) or _NAMED_COPYLEFT.search(licence))


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False  # of another system or Python
    return True
