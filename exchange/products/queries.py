"""Products as pages need them, with versions, reviewers and comments; and the library."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.answering.product_status import IS_NOTE
from exchange.errors import NotFound
from exchange.models import (
    Cycle,
    Person,
    Product,
    ProductReviewer,
    ProductVersion,
    ReviewComment,
)
from exchange.rules.programme.cycles import due_on
from exchange.rules.time.answer_deadlines import is_open

REVIEW_STAGE, PUBLISH_STAGE = "review", "publish"  # keys of config/cycle.toml


def product_of(session: Session, cycle_id: int) -> Product | None:
    """The cycle's product with all that a page shows of it; None while nobody began one."""
    found = select(Product).where(Product.cycle_id == cycle_id, IS_NOTE).options(*_product_options())
    return session.exec(found).first()


def reviewer_by_id(session: Session, reviewer_id: int) -> ProductReviewer:
    """One reviewer, with the product and all that a page shows of it. Raises NotFound."""
    return _reviewer(session, col(ProductReviewer.id) == reviewer_id)


def reviewer_of_cycle(session: Session, cycle_id: int, person_id: int) -> ProductReviewer:
    """A person's part in the review of a cycle's product. Raises NotFound for who was not asked."""
    of_cycle = select(Product.id).where(Product.cycle_id == cycle_id, IS_NOTE)
    is_theirs = col(ProductReviewer.person_id) == person_id
    return _reviewer(session, is_theirs & col(ProductReviewer.product_id).in_(of_cycle))


def _reviewer(session: Session, which: ColumnElement[bool]) -> ProductReviewer:
    found = session.exec(
        select(ProductReviewer)
        .where(which)
        .options(
            joinedload(ProductReviewer.product).options(*_product_options()),  # type: ignore[arg-type]  # SQLModel types relations as their values
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
        .where(col(Product.published_at).is_not(None), col(Product.withdrawn_at).is_(None), IS_NOTE)
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


def _product_options() -> tuple[ORMOption, ...]:
    reviewers = selectinload(Product.reviewers)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        selectinload(Product.versions).joinedload(ProductVersion.person),  # type: ignore[arg-type]  # as above
        reviewers.joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        reviewers.selectinload(ProductReviewer.comments).joinedload(ReviewComment.decided_by),  # type: ignore[arg-type]  # as above
    )
