"""What stands beside a product's text: kind, year, themes, whom it is for, credits, recommendations, files.

Each change is a version of its own, so that nobody agrees to or publishes what they have not seen.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from exchange.errors import Conflict, InvalidInput
from exchange.models import (
    Attachment,
    City,
    CreditRole,
    ExpertGroup,
    Person,
    Phase,
    Product,
    ProductCredit,
    ProductKind,
    ProductRecommendation,
    ProductVersion,
    Theme,
)
from exchange.products.actions import flush_kind, refuse_closed
from exchange.products.drafts import (
    CreditDraft,
    DetailsDraft,
    RecommendationDraft,
    checked_details,
    numbered,
)
from exchange.products.recording import record
from exchange.uploads.file_storage import Upload

Row = TypeVar("Row", bound=SQLModel)
FILES_MOST = 5


def save_details(
    session: Session, product: Product, draft: DetailsDraft, opened_on: int, *, actor: Person, now: datetime
) -> None:
    """Keep kind, year, themes, readers and credits. Raises InvalidInput at the field, Conflict."""
    last = _opened(product, opened_on)
    checked_details(draft)
    kind = ProductKind.EXCHANGE_NOTE if product.is_note else ProductKind(draft.kind)
    credited = [_credit(session, product, one) for one in draft.credits]
    product.kind, product.year = kind, draft.year
    product.themes = _rows(session, Theme, draft.theme_ids)
    if draft.city_ids is not None:
        product.cities = _rows(session, City, draft.city_ids)
    if draft.group_ids is not None:
        product.groups = _rows(session, ExpertGroup, draft.group_ids)
    product.credits = []
    flush_kind(session)
    for position, one in enumerate(credited, start=1):
        one.position = position
    product.credits = credited
    session.flush()
    _next_version(session, product, last, actor, now)
    facts: dict[str, object] = {
        "marking": last.marking,
        "kind": kind.value,
        "year": draft.year,
        "themes": [one.name for one in product.themes],
        "cities": sorted(one.name for one in product.cities),
        "groups": sorted(one.name for one in product.groups),
        "credits": len(credited),
    }
    record(session, product, "edit product", actor=actor, now=now, after=facts)


def save_recommendations(
    session: Session,
    product: Product,
    drafts: Sequence[RecommendationDraft],
    opened_on: int,
    *,
    actor: Person,
    now: datetime,
) -> None:
    """Keep the recommendations by their numbers; the row of a number stays the same when its words change.

    Raises InvalidInput, field "recommendations", for numbers that are not right, and for one that is taken
    out although something else is kept about it.
    """
    last = _opened(product, opened_on)
    wanted = numbered(drafts)
    kept = {one.number: one for one in product.recommendations}
    rows = []
    for number, draft in sorted(wanted.items()):
        row = kept.get(number) or ProductRecommendation(product_id=product.id or 0, number=number, text="")
        row.text, row.theme_id = draft.text, draft.theme_id
        row.phase = Phase(draft.phase).value if draft.phase else ""
        rows.append(row)
    product.recommendations = rows
    try:
        session.flush()
    except IntegrityError as error:
        raise InvalidInput(
            "What was followed up stays: write it anew under its number.", field="recommendations"
        ) from error
    _next_version(session, product, last, actor, now)
    facts: dict[str, object] = {"marking": last.marking, "recommendations": len(wanted)}
    record(session, product, "edit recommendations", actor=actor, now=now, after=facts)


def add_files(
    session: Session,
    product: Product,
    uploads: Sequence[Upload],
    opened_on: int,
    *,
    actor: Person,
    now: datetime,
) -> None:
    """Keep files with the product. Raises InvalidInput, field "files", for too many."""
    last = _opened(product, opened_on)
    if len(product.files) + len(uploads) > FILES_MOST:
        raise InvalidInput("At most %(most)s files fit. Take one away first.", field="files", most=FILES_MOST)
    for upload in uploads:
        product.attachments.append(
            Attachment(
                product_id=product.id,
                name=upload.name,
                media_type=upload.media_type,
                size_bytes=upload.stored.size_bytes,
                sha256=upload.stored.sha256,
                stored_name=upload.stored.stored_name,
                person_id=actor.id or 0,
                added_at=now,
            )
        )
    session.flush()
    _next_version(session, product, last, actor, now)
    digests = [one.stored.sha256 for one in uploads]
    record(session, product, "add file", actor=actor, now=now, after={"files": digests})


def remove_file(
    session: Session, product: Product, file: Attachment, opened_on: int, *, actor: Person, now: datetime
) -> str:
    """Take a file away; the row stays as the record. The name under which its bytes are to be deleted."""
    last = _opened(product, opened_on)
    file.removed_at = now
    session.flush()
    _next_version(session, product, last, actor, now)
    record(session, product, "remove file", actor=actor, now=now, after={"sha256": file.sha256})
    return file.stored_name


def _opened(product: Product, opened_on: int) -> ProductVersion:
    last = refuse_closed(product, opened_on)
    if last is None:
        raise Conflict("Write a first version: then there is something to say this of.")
    return last


def _next_version(
    session: Session, product: Product, last: ProductVersion, actor: Person, now: datetime
) -> None:
    """The same words once more, as somebody left what stands beside them."""
    product.versions.append(
        ProductVersion(
            product_id=product.id or 0,
            number=last.number + 1,
            title=last.title,
            marking=last.marking,
            named_ids=last.named_ids,
            text=last.text,
            link=last.link,
            person_id=actor.id or 0,
            saved_at=now,
        )
    )
    session.flush()


def _credit(session: Session, product: Product, draft: CreditDraft) -> ProductCredit:
    """Somebody by an address of the network, or by name. Raises InvalidInput for an address of nobody."""
    found = ProductCredit(
        product_id=product.id or 0,
        position=0,
        role=CreditRole(draft.role),
        name=draft.who,
        organisation=draft.organisation,
        interests=draft.interests,
    )
    if "@" not in draft.who:
        return found
    person = session.exec(
        select(Person).where(col(Person.email) == draft.who.lower(), col(Person.is_active))
    ).first()
    if person is None:
        raise InvalidInput(
            "%(address)s is nobody's address here: write the name of who is not of the network.",
            field="credits",
            address=draft.who[:80],
        )
    found.person_id, found.person, found.name = person.id, person, ""
    return found


def _rows(session: Session, table: type[Row], ids: Sequence[int]) -> list[Row]:
    return [row for row_id in dict.fromkeys(ids) if (row := session.get(table, row_id)) is not None]
