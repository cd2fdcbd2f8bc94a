"""What the audit trail keeps of a product, and under which name. It changes no product."""

from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.audit.markings import record_marking
from exchange.models import Person, Product, ProductVersion


def record(
    session: Session,
    product: Product,
    action: str,
    *,
    actor: Person | None,
    now: datetime,
    after: dict[str, object],
    reason: str = "",
) -> None:
    """Of a cycle's note in the trail of the cycle; of any other under its own name, with its marking.

    The marking says who may read the entry, as the cycle's own says of its.
    """
    known = after if product.is_note else _place(product) | after
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=subject(product),
        after=known,
        now=now,
        reason=reason.strip(),
    )


def record_version(
    session: Session,
    product: Product,
    version: ProductVersion,
    last: ProductVersion | None,
    *,
    actor: Person,
    reason: str,
) -> None:
    """That a version was saved, and apart from it that its marking is another than the last one's."""
    written = [version.title, version.text, *([version.link] if version.link else [])]
    facts: dict[str, object] = {
        "version": version.number,
        "marking": version.marking,
        "sha256": audit.content_digest(written),
    }
    record(session, product, "save product", actor=actor, now=version.saved_at, after=facts)
    belongs = _belongs_to(product)
    record_marking(
        session,
        f"product:{product.id}",
        last.marking if last else "",
        version.marking,
        actor=actor,
        reason=reason,
        now=version.saved_at,
        about={"in": belongs} if belongs else {},
    )


def subject(product: Product) -> str:
    """The name under which the trail knows it."""
    return f"cycle:{product.cycle_id}" if product.is_note else f"product:{product.id}"


def _place(product: Product) -> dict[str, object]:
    belongs, last = _belongs_to(product), product.versions[-1] if product.versions else None
    found: dict[str, object] = {"in": belongs} if belongs else {}
    return found | ({"marking": last.marking} if last else {})


def _belongs_to(product: Product) -> str:
    if product.cycle_id is not None:
        return f"cycle:{product.cycle_id}"
    return f"training:{product.training_id}" if product.training_id is not None else ""
