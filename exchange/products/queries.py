"""Products as their own pages need them, with versions, reviewers and comments. Lists are library.py's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.access.offered_themes import themes_to_offer
from exchange.access.product_things import About
from exchange.answering.eager_loading import WITH_WRITERS, cycle_of
from exchange.answering.product_status import IS_NOTE
from exchange.errors import NotFound
from exchange.models import (
    City,
    Cycle,
    ExpertGroup,
    Person,
    Product,
    ProductCredit,
    ProductRecommendation,
    ProductReviewer,
    ProductVersion,
    ReviewComment,
    TrainingEvent,
)
from exchange.rules.programme.cycles import due_on
from exchange.rules.time.answer_deadlines import is_open

REVIEW_STAGE, PUBLISH_STAGE = "review", "publish"  # keys of config/cycle.toml
NO_PRODUCT = "There is no such product, or it is not for you to see."


def product_of(session: Session, cycle_id: int) -> Product | None:
    """The cycle's note with all that a page shows of it; None while nobody began one."""
    found = select(Product).where(Product.cycle_id == cycle_id, IS_NOTE).options(*_product_options())
    return session.exec(found).first()


def product_with_id(session: Session, product_id: int) -> Product:
    """Any product, loaded alike. Raises NotFound."""
    found = session.exec(
        select(Product).where(col(Product.id) == product_id).options(*_product_options())
    ).first()
    if found is None:
        raise NotFound(NO_PRODUCT)
    return found


def about_of(session: Session, product: Product) -> About:
    """What a product belongs to, with cities and groups; of a cycle, all that its answers' pages ask."""
    return about_with_ids(session, product.cycle_id, product.training_id)


def about_with_ids(session: Session, cycle_id: int | None, training_id: int | None) -> About:
    """The cycle or the event with that id; None when neither is given. Raises NotFound."""
    if cycle_id is not None:
        return cycle_of(session, cycle_id, WITH_WRITERS)
    return _training(session, training_id) if training_id is not None else None


@dataclass(frozen=True)
class Offered:
    """What the form of a product's details offers, as ids and names."""

    themes: list[tuple[int, str]]
    cities: list[tuple[int, str]]
    groups: list[tuple[int, str]]


def offered(session: Session) -> Offered:
    """The themes of the catalogue, and the cities and groups of the network."""
    cities = session.exec(select(City).order_by(col(City.name)))
    groups = session.exec(select(ExpertGroup).order_by(col(ExpertGroup.name)))
    named = ([(one.id or 0, one.name) for one in found] for found in (cities, groups))
    return Offered(themes_to_offer(session), *named)


def reviewer_by_id(session: Session, reviewer_id: int) -> ProductReviewer:
    """One reviewer, with the product and all that a page shows of it. Raises NotFound."""
    return _reviewer(session, col(ProductReviewer.id) == reviewer_id)


def reviewer_of_product(
    session: Session, person_id: int, *, cycle_id: int | None = None, product_id: int | None = None
) -> ProductReviewer:
    """A person's part in the review of a cycle's note, or of any product.

    Raises NotFound for who was not asked.
    """
    of = (
        (col(Product.cycle_id) == cycle_id) & IS_NOTE
        if cycle_id is not None
        else col(Product.id) == product_id
    )
    is_theirs = col(ProductReviewer.person_id) == person_id
    return _reviewer(session, is_theirs & col(ProductReviewer.product_id).in_(select(Product.id).where(of)))


def _training(session: Session, training_id: int) -> TrainingEvent:
    found = session.exec(
        select(TrainingEvent)
        .where(col(TrainingEvent.id) == training_id)
        .options(
            joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(TrainingEvent.host_city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound("There is no such training event.")
    return found


def _reviewer(session: Session, which: ColumnElement[bool]) -> ProductReviewer:
    found = session.exec(
        select(ProductReviewer)
        .where(which)
        .options(
            joinedload(ProductReviewer.product).options(*_product_options()),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound(NO_PRODUCT)
    return found


def path_of_product(product: Product) -> str:
    """Where its page is, below the address of the installation."""
    return f"/cycles/{product.cycle_id}/product" if product.is_note else f"/products/{product.id}"


def version_of(product: Product, number: int | None) -> ProductVersion:
    """One version by its number; the last for None. Raises NotFound."""
    return version_in(product.versions, number)


def version_in(versions: Iterable[ProductVersion], number: int | None) -> ProductVersion:
    """The same among some of them."""
    found = [one for one in versions if number in (None, one.number)]
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


def comments_on(product: Product, versions: Iterable[ProductVersion]) -> list[ReviewComment]:
    """Those that were made on one of the versions."""
    numbers = {version.number for version in versions}
    return [comment for comment in comments_of(product) if comment.version_number in numbers]


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


def review_due_on_of(product: Product, cycle: Cycle | None) -> date | None:
    """The last day for comments of the present or last review, else that of the cycle's stage; or None."""
    return product.review_due_on or (review_due_on(cycle) if cycle is not None else None)


def _product_options() -> tuple[ORMOption, ...]:
    reviewers = selectinload(Product.reviewers)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        selectinload(Product.versions).joinedload(ProductVersion.person),  # type: ignore[arg-type]  # as above
        reviewers.joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        reviewers.selectinload(ProductReviewer.comments).joinedload(ReviewComment.decided_by),  # type: ignore[arg-type]  # as above
        selectinload(Product.credits).joinedload(ProductCredit.person),  # type: ignore[arg-type]  # as above
        selectinload(Product.recommendations).joinedload(ProductRecommendation.theme),  # type: ignore[arg-type]  # as above
        selectinload(Product.attachments),  # type: ignore[arg-type]  # as above
        *(selectinload(one) for one in (Product.themes, Product.cities, Product.groups)),  # type: ignore[arg-type]  # as above
    )
