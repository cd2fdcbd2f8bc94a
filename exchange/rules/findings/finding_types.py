"""One finding: what it is, how much it weighs, and the key under which it can be overruled.

Not how findings are found: day_findings.py and clock_findings.py do that.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from exchange.rules.sentences import Value, render


class Severity(IntEnum):
    """How much a finding weighs; the heavier, the lower the number."""

    BLOCK = 1
    WARN = 2
    INFORM = 3


@dataclass(frozen=True)
class Finding:
    """One thing found. ``key`` stays the same for the same fact and carries overrides.

    ``template`` is English with ``%(name)s`` places that ``values`` fill; dates stay dates, for
    the page to format.
    """

    severity: Severity
    key: str
    template: str
    values: Mapping[str, Value]

    @property
    def text(self) -> str:
        """The finding in English."""
        return render(self.template, self.values)


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Heaviest first, then by key, so that the same facts always read in the same order."""
    return sorted(findings, key=lambda finding: (finding.severity, finding.key))


def slug(text: str) -> str:
    """A name as it stands in a key: "Washington DC" -> "washington-dc", "Malmö" -> "malmo"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
