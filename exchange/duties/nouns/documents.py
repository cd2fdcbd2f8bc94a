"""The duties of standing documents: their reviews by the day. Reads only."""

from collections.abc import Iterator

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.note_things import thing_of_document
from exchange.duties.listed import Listed, Window
from exchange.models import Person, StandingDocument
from exchange.rules.access.policy import Right
from exchange.rules.duties.document_reviews import DocumentFacts, document_review_duty
from exchange.rules.duties.duty import Owner, Role

DOCUMENT_REVIEW = "document review"  # a kind of config/duties.toml


def duties_of_documents(session: Session, window: Window) -> Iterator[Listed]:
    """One for each document; its owner owes it, or the coordinators where they have left."""
    owner = joinedload(StandingDocument.owner).joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    for one in session.exec(
        select(StandingDocument)
        .where(col(StandingDocument.review_on).between(window.first_on, window.last_on))
        .options(owner)
        .order_by(col(StandingDocument.id))
    ):
        is_here = one.owner.is_active
        duty = document_review_duty(
            DocumentFacts(
                id=one.id or 0,
                title=one.title,
                owner=Owner(Role.PERSON, one.owner_id) if is_here else Owner(Role.COORDINATOR),
                review_on=one.review_on,
                time_zone=one.owner.city.time_zone,
            )
        )
        path = f"/standing-documents/{one.id}/review"
        yield Listed(duty, DOCUMENT_REVIEW, thing_of_document(one), path, Right.WRITE)
