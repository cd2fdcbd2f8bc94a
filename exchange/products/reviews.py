"""Comments of reviewers, what becomes of them, and silence, which is noted and is no consent."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import Conflict, InvalidInput
from exchange.mail.outbox.withdrawals import withdraw_kinds, withdraw_of_product
from exchange.mail.schedule.cycle_eligibility import review_reminders
from exchange.models import (
    Outcome,
    Person,
    Product,
    ProductReviewer,
    ProductState,
    ProductVersion,
    ReviewComment,
)
from exchange.products.queries import comments_on, silent_reviewers
from exchange.products.recording import record
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.answer_deadlines import is_open


def comment(
    session: Session, reviewer: ProductReviewer, text: str, *, seen: int, plan: StagePlan, now: datetime
) -> ReviewComment:
    """Keep a comment on the version that was ``seen``. Raises Conflict unless it is in review.

    Reminders of the review that wait for the reviewer are taken back.
    """
    _refuse_closed(reviewer.product)
    refuse_state_secrets(text, field="text")
    if not text.strip():
        raise InvalidInput("Nothing is written yet.", field="text")
    if seen not in {version.number for version in reviewer.product.versions}:
        raise Conflict("The page did not say which version you read: look at this one and send it again.")
    made = ReviewComment(reviewer_id=reviewer.id or 0, version_number=seen, text=text, made_at=now)
    reviewer.comments.append(made)
    reviewer.agreed_at = None
    session.flush()
    _remind_no_more(session, reviewer, plan)
    record(
        session,
        reviewer.product,
        "comment on product",
        actor=reviewer.person,
        now=now,
        after={"version": seen},
    )
    return made


def agree(session: Session, reviewer: ProductReviewer, *, seen: int, plan: StagePlan, now: datetime) -> None:
    """The reviewer says that nothing is to be changed in what they have ``seen``.

    Reminders of the review that wait for them are taken back.
    Raises Conflict when another version was saved since: nobody agrees to what they have not read.
    """
    _refuse_closed(reviewer.product)
    number = reviewer.product.versions[-1].number
    if seen != number:
        raise Conflict("The writers saved another version since you opened this page. It stands here now.")
    reviewer.agreed_at = now
    session.flush()
    _remind_no_more(session, reviewer, plan)
    record(
        session,
        reviewer.product,
        "agree to product",
        actor=reviewer.person,
        now=now,
        after={"version": number},
    )


def decide(
    session: Session,
    product: Product,
    known: Iterable[ProductVersion],
    comment_id: int,
    outcome: Outcome,
    word: str,
    *,
    actor: Person,
    now: datetime,
) -> None:
    """Resolve or reject a comment on a version that the actor knows, with a word to whoever made it.

    A later decision takes its place.
    """
    _refuse_closed(product)
    found = next((one for one in comments_on(product, known) if one.id == comment_id), None)
    if found is None:
        raise Conflict("There is no such comment on this product.")
    if not word.strip():
        raise InvalidInput("Say in a word what was done with it, or why not.", field="word")
    found.outcome, found.word = outcome, word.strip()
    found.decided_by_id, found.decided_at = actor.id, now
    session.flush()
    record(session, product, f"{outcome} comment", actor=actor, now=now, after={"comment": comment_id})


def note_silence(session: Session, now: datetime) -> int:
    """Write down who has not said a word when their due day ended; how many. Once for each."""
    products = session.exec(
        select(Product)
        .where(col(Product.review_opened_at).is_not(None), col(Product.published_at).is_(None))
        .options(
            selectinload(Product.reviewers).joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(Product.reviewers).selectinload(ProductReviewer.comments),  # type: ignore[arg-type]  # as above
            selectinload(Product.versions),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Product.id))
    ).all()
    noted = 0
    for product in products:
        for reviewer in silent_reviewers(product):
            if reviewer.silence_noted_at is None and _is_over(product, reviewer, now):
                reviewer.silence_noted_at = now
                session.flush()
                who = audit.named(reviewer.person)
                facts: dict[str, object] = {"reviewer": who, "due": product.review_due_on}
                record(session, product, "note silence", actor=None, now=now, after=facts)
                noted += 1
    return noted


def _is_over(product: Product, reviewer: ProductReviewer, now: datetime) -> bool:
    due = product.review_due_on
    return due is not None and not is_open(due, reviewer.person.city.time_zone, now)


def _remind_no_more(session: Session, reviewer: ProductReviewer, plan: StagePlan) -> None:
    product, why = reviewer.product, "The reviewer has spoken."
    if product.is_note:
        withdraw_kinds(
            session,
            review_reminders(plan),
            cycle_id=product.cycle_id,
            person_id=reviewer.person_id,
            why=why,
        )
    else:
        withdraw_of_product(session, product.id or 0, why, person_id=reviewer.person_id)


def _refuse_closed(product: Product) -> None:
    if product.state is not ProductState.IN_REVIEW:
        raise Conflict("It is not in review now, so nothing was kept.")
