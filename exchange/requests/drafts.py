"""What was typed into a public form, as values."""

from dataclasses import dataclass

from exchange.rules.duties.request_rules import RequestKind


@dataclass(frozen=True)
class Asked:
    """What somebody asks for; what a kind has no field for is empty."""

    kind: RequestKind
    name: str
    email: str
    language: str
    product_id: int | None = None
    document: str = ""
    wanted_format: str = ""
    technology: str = ""
    words: str = ""
