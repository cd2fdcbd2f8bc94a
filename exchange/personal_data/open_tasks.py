"""What somebody still has to do, as far as others wait for it: answers they hold, reviews asked of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.answering.answer_status import AskedPerson, answer_status
from exchange.answering.personal_links import Task, revoke_links
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Cycle,
    Person,
    Product,
    ProductReviewer,
    ProductState,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import StagePlan


@dataclass(frozen=True)
class OpenTask:
    """One task; ``giver`` is who handed an answer on to the person, None when it was asked of themselves.

    A product of no cycle is named by ``product_id``; what is TLP:RED of those has no title here.
    """

    cycle_id: int | None
    title: str
    party: str  # the city or group to answer for; "" for a review
    task: Task
    giver: AskedPerson | None = None
    product_id: int | None = None


def open_tasks(session: Session, person: Person, *, plan: StagePlan, now: datetime) -> list[OpenTask]:
    """The person's tasks of exchanges that take place: answers not handed in, reviews not given."""
    return [*_answers(session, person, plan, now), *_reviews(session, person)]


def take_back(session: Session, tasks: list[OpenTask], now: datetime) -> None:
    """End the links of the tasks; an answer that was handed on goes back to who was asked first."""
    for one in tasks:
        revoke_links(session, one.task, why="the task was taken back", now=now)
        if one.giver is not None and one.task.addressee_id:
            addressee = session.get_one(AskAddressee, one.task.addressee_id)
            addressee.holder_id = one.giver.id
    session.flush()


def _answers(session: Session, person: Person, plan: StagePlan, now: datetime) -> list[OpenTask]:
    held = (
        select(Ask.cycle_id)
        .join(AskParty, col(AskParty.ask_id) == Ask.id)
        .join(AskAddressee, col(AskAddressee.party_id) == AskParty.id)
        .where(AskAddressee.holder_id == person.id)
    )
    cycles = session.exec(
        select(Cycle)
        .where(
            col(Cycle.id).in_(held),
            col(Cycle.published_at).is_not(None),
            col(Cycle.cancelled_at).is_(None),
        )
        .options(selectinload(Cycle.stages), joinedload(Cycle.lead_city))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Cycle.id))
    ).all()
    titles = {cycle.id: cycle.title for cycle in cycles}
    return [
        OpenTask(
            one.cycle_id or 0,
            titles[one.cycle_id],
            one.party_name,
            Task(addressee_id=one.addressee_id),
            one.person if one.is_passed_on else None,
        )
        for one in answer_status(session, cycles, plan).asked
        if one.holder.id == person.id and one.is_silent and one.closes_at > now
    ]


def _reviews(session: Session, person: Person) -> list[OpenTask]:
    found = session.exec(
        select(ProductReviewer)
        .where(
            ProductReviewer.person_id == person.id,
            col(ProductReviewer.agreed_at).is_(None),
            col(ProductReviewer.silence_noted_at).is_(None),
        )
        .options(
            joinedload(ProductReviewer.product).joinedload(Product.cycle),  # type: ignore[arg-type]  # as above
            joinedload(ProductReviewer.product).selectinload(Product.versions),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(ProductReviewer.id))
    )
    return [_review(one) for one in found if one.product.state is ProductState.IN_REVIEW]


def _review(reviewer: ProductReviewer) -> OpenTask:
    product, task = reviewer.product, Task(reviewer_id=reviewer.id)
    if product.cycle is not None:
        return OpenTask(product.cycle_id, product.cycle.title, "", task)
    last = product.versions[-1]
    title = "" if last.marking == Marking.RED else last.title
    return OpenTask(None, title, "", task, product_id=product.id)
