"""Products as pages need them: whole, with versions, reviewers and comments; and the library."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.feeds.entries import Audience
from exchange.models import (
    Cycle,
    Person,
    Product,
    ProductReviewer,
    ProductVersion,
    ReviewComment,
    Role,
)
from exchange.rules.cycles import due_on
from exchange.rules.deadlines import is_open

REVIEW_STAGE, PUBLISH_STAGE = "review", "publish"  # keys of config/cycle.toml


def product_of(session: Session, cycle_id: int) -> Product | None:
    """The cycle's product, whole; None while nobody began one."""
    found = select(Product).where(Product.cycle_id == cycle_id).options(*_whole())
    return session.exec(found).first()


def reviewer_by_id(session: Session, reviewer_id: int) -> ProductReviewer:
    """One reviewer with the product, whole. Raises NotFound."""
    return _reviewer(session, col(ProductReviewer.id) == reviewer_id)


def reviewer_of_cycle(session: Session, cycle_id: int, person_id: int) -> ProductReviewer:
    """A person's part in the review of a cycle's product. Raises NotFound for who was not asked."""
    of_cycle = select(Product.id).where(Product.cycle_id == cycle_id)
    is_theirs = col(ProductReviewer.person_id) == person_id
    return _reviewer(session, is_theirs & col(ProductReviewer.product_id).in_(of_cycle))


def _reviewer(session: Session, which: ColumnElement[bool]) -> ProductReviewer:
    found = session.exec(
        select(ProductReviewer)
        .where(which)
        .options(
            joinedload(ProductReviewer.product).options(*_whole()),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(ProductReviewer.product).joinedload(Product.cycle),  # type: ignore[arg-type]  # as above
            joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound("There is no such product, or it is not for you to see.")
    return found


def published_products(session: Session) -> list[Product]:
    """All that are out, the newest first."""
    found = session.exec(
        select(Product)
        .where(col(Product.published_at).is_not(None), col(Product.withdrawn_at).is_(None))
        .options(
            joinedload(Product.cycle).joinedload(Cycle.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(Product.cycle).joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
            joinedload(Product.cycle).selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            joinedload(Product.cycle).selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
            selectinload(Product.versions),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Product.published_at).desc())
    )
    return list(found)


def takes_part(cycle: Cycle, audiences: Iterable[Audience]) -> bool:
    """Whether a reader's city or one of their groups is in the exchange."""
    cities = {cycle.lead_city_id, *(city.id for city in cycle.cities)}
    groups = {group.id for group in cycle.groups}
    return any(one.city_id in cities or one.group_id in groups for one in audiences)


def may_write(cycle: Cycle, person: Person, *, plans: bool) -> bool:
    """Whether a person writes the product: planners, its authors, leads of its lead city.

    Authors are those who get the letter that asks for it: the chairs of its groups, and everybody in a
    group without one.
    """
    authors = {
        seat.person_id
        for group in cycle.groups
        for seat in group.members
        if seat.is_chair or not any(other.is_chair for other in group.members)
    }
    leads = person.city_id == cycle.lead_city_id and person.has_role(Role.CITY_LEAD)
    return plans or person.id in authors or leads


def version_of(product: Product, number: int | None) -> ProductVersion:
    """One version by its number; the last for None. Raises NotFound."""
    found = [one for one in product.versions if number in (None, one.number)]
    if not found:
        raise NotFound("There is no such version.")
    return found[-1]


def published_version(product: Product) -> ProductVersion:
    """The version that is out."""
    return version_of(product, product.published_number)


def comments_of(product: Product) -> list[ReviewComment]:
    """All comments, in the order they were made."""
    found = [comment for reviewer in product.reviewers for comment in reviewer.comments]
    return sorted(found, key=lambda comment: comment.id or 0)


def undecided(product: Product) -> list[ReviewComment]:
    """Comments that nobody resolved or rejected."""
    return [comment for comment in comments_of(product) if not comment.outcome]


def silent_reviewers(product: Product) -> list[ProductReviewer]:
    """Reviewers who neither commented nor agreed in the present review. Their silence is no consent."""
    return [one for one in product.reviewers if one.agreed_at is None and not _commented(one, product)]


def _commented(reviewer: ProductReviewer, product: Product) -> bool:
    since = product.review_opened_at
    return any(since is None or comment.made_at >= since for comment in reviewer.comments)


def awaited_reviewers(product: Product, now: datetime) -> list[ProductReviewer]:
    """Silent reviewers whose due day is not over on their own wall."""
    due = product.review_due_on
    if due is None:
        return []
    silent = silent_reviewers(product)
    return [one for one in silent if is_open(due, one.person.city.time_zone, now)]


def review_due_on(cycle: Cycle) -> date:
    """The Friday of the review stage; the cycle's last day when it has none."""
    stage = next((stage for stage in cycle.stages if stage.key == REVIEW_STAGE), None)
    return due_on(stage) if stage else cycle.ends_on


def _whole() -> tuple[ORMOption, ...]:
    reviewers = selectinload(Product.reviewers)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        selectinload(Product.versions).joinedload(ProductVersion.person),  # type: ignore[arg-type]  # as above
        reviewers.joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        reviewers.selectinload(ProductReviewer.comments).joinedload(ReviewComment.decided_by),  # type: ignore[arg-type]  # as above
    )
