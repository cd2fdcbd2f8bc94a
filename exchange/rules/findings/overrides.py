"""Blocks: findings that stop a plan until somebody sets them aside with a reason.

Not the findings themselves: day_findings.py has those. The reasons are kept by the callers.
"""

from collections.abc import Collection, Iterable

from exchange.errors import InvalidInput
from exchange.rules.findings.finding_types import Finding, Severity


class Blocked(InvalidInput):
    """Findings stand in the way; ``findings`` are those that nobody has set aside."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            "A block stops this: change the plan, or write why it is right all the same.",
            field="reason",
        )
        self.findings = findings


def unanswered(findings: Iterable[Finding], answered_keys: Collection[str]) -> list[Finding]:
    """The blocks among the findings that have no reason yet."""
    return [f for f in findings if f.severity is Severity.BLOCK and f.key not in answered_keys]


def check_blocks(findings: Iterable[Finding], answered_keys: Collection[str], reason: str) -> list[Finding]:
    """The blocks that ``reason`` now sets aside. Raises Blocked when there are some and it is empty."""
    left = unanswered(findings, answered_keys)
    if left and not reason.strip():
        raise Blocked(left)
    return left
