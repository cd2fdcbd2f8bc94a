"""What becomes of a product: begun, saved, put into review, published, withdrawn. Commits nothing.

Comments are in reviews.py, what stands beside the text in details.py. Every change stands in the trail.
"""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from exchange import audit
from exchange.access.named_people import named_people
from exchange.access.product_things import About, thing_of_review_by
from exchange.errors import Conflict, InvalidInput
from exchange.feeds.publishing.publish import mark_cycle_stale, touch
from exchange.lifecycle import check_lowering
from exchange.mail.outbox.withdrawals import withdraw_kinds, withdraw_of_product, withdraw_waiting
from exchange.mail.schedule.cycle_eligibility import UNTRUE_IN_REVIEW, untrue_once_out
from exchange.mail.schedule.recipients import load_roll
from exchange.models import (
    Cycle,
    Person,
    Product,
    ProductKind,
    ProductReviewer,
    ProductState,
    ProductVersion,
)
from exchange.products.drafts import ProductDraft, checked, checked_written
from exchange.products.queries import (
    PUBLISH_STAGE,
    awaited_reviewers,
    product_of,
    review_due_on,
    silent_reviewers,
    undecided,
    version_of,
)
from exchange.products.readers import reviewers_of
from exchange.products.recording import record, record_version
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import Marking, parse_marking, rank
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.answer_deadlines import is_open
from exchange.rules.time.timezones import wall_time


class SavedMeanwhile(Conflict):
    """Somebody saved another version since the page was opened."""


def save_product(
    session: Session, cycle: Cycle, draft: ProductDraft, *, actor: Person, now: datetime
) -> ProductVersion:
    """Keep a version of a cycle's note; the first begins it. Raises as ``save_version``."""
    checked_written(draft, has_files=False)
    product = product_of(session, cycle.id or 0) or _new(
        session,
        Product(cycle_id=cycle.id, year=wall_time(now, cycle.lead_city.time_zone).on.year, created_at=now),
    )
    return save_version(session, product, draft, actor=actor, now=now)


def begin_product(
    session: Session,
    about: About,
    kind: ProductKind,
    draft: ProductDraft,
    *,
    year: int | None,
    actor: Person,
    now: datetime,
) -> Product:
    """Begin any other product, with a title and a marking; what it says is written afterwards."""
    cycle_id = about.id if isinstance(about, Cycle) else None
    training_id = about.id if about is not None and cycle_id is None else None
    checked(draft)
    product = _new(
        session,
        Product(kind=kind, cycle_id=cycle_id, training_id=training_id, year=year, created_at=now),
    )
    _keep(session, product, draft, actor=actor, now=now)
    return product


def save_version(
    session: Session, product: Product, draft: ProductDraft, *, actor: Person, now: datetime
) -> ProductVersion:
    """Keep a version. What is out or withdrawn stays as it is.

    Raises InvalidInput, field "reason", for a lower marking than the last one's without a reason.
    """
    checked_written(draft, has_files=bool(product.files))
    return _keep(session, product, draft, actor=actor, now=now)


def _keep(
    session: Session, product: Product, draft: ProductDraft, *, actor: Person, now: datetime
) -> ProductVersion:
    last = refuse_closed(product, draft.opened_on)
    marking = parse_marking(draft.marking)
    named_ids = named_people(session, marking, draft.named)
    written = (draft.title, marking, draft.text, draft.link, named_ids)
    if last and (last.title, last.marking, last.text, last.link, last.named_ids) == written:
        return last
    if last:
        check_lowering(Marking(last.marking), marking, draft.reason)
    version = ProductVersion(
        product_id=product.id or 0,
        number=draft.opened_on + 1,
        title=draft.title,
        marking=marking,
        named_ids=named_ids,
        text=draft.text,
        link=draft.link,
        person_id=actor.id or 0,
        saved_at=now,
    )
    product.versions.append(version)
    session.flush()
    record_version(session, product, version, last, actor=actor, reason=draft.reason)
    return version


def refuse_closed(product: Product, opened_on: int) -> ProductVersion | None:
    """The last version, which was ``opened_on``. Raises Conflict for what is out, or saved meanwhile."""
    if product.state is ProductState.PUBLISHED:
        raise Conflict("It is published: withdraw it first, with a reason, and then change it.")
    last = product.versions[-1] if product.versions else None
    if (last.number if last else 0) != opened_on:
        raise SavedMeanwhile("Somebody saved another version since you opened this page.")
    return last


def open_review(
    session: Session,
    about: About,
    product: Product,
    *,
    due_on: date | None = None,
    actor: Person,
    now: datetime,
) -> None:
    """Ask the cities, and reviewers named on it, to check the facts.

    Of a cycle's note it is due as its stages say, else ``due_on``. A withdrawn product begins anew by it:
    what was said before stays, and everybody is asked again. Raises Conflict when the day is over, or while
    there is nothing to read.
    """
    if product.state not in {ProductState.DRAFT, ProductState.WITHDRAWN}:
        raise Conflict("It is in review or published already.")
    last = product.versions[-1]
    if not (last.text.strip() or last.link or product.files):
        raise Conflict("Nothing is written yet: write a text, give a link or add a file.")
    product.review_due_on = _due_on(about, product, due_on, actor, now)
    product.review_opened_at = now
    product.published_at = product.published_number = product.withdrawn_at = None
    product.published_marking = product.withdrawn_reason = ""
    for one in product.reviewers:
        one.asked_at, one.agreed_at, one.silence_noted_at = now, None, None
    known, roll = {one.person_id for one in product.reviewers}, load_roll(session, now.date())
    for reader in reviewers_of(roll, product, about):
        asked = thing_of_review_by(reader.person_id, product, about)
        if reader.person_id not in known and roll.may_do(reader.person_id, Right.REVIEW, asked):
            made = ProductReviewer(product_id=product.id or 0, person_id=reader.person_id, asked_at=now)
            product.reviewers.append(made)
    session.flush()
    if product.is_note:
        withdraw_kinds(session, UNTRUE_IN_REVIEW, cycle_id=product.cycle_id, why="The draft is in review.")
    facts: dict[str, object] = {"due": product.review_due_on, "version": last.number}
    record(session, product, "open review", actor=actor, now=now, after=facts)


def publish_product(
    session: Session,
    about: About,
    product: Product,
    *,
    plan: StagePlan,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    """Let its ring read it: the publication's letter becomes due and a cycle's feed entry leads there.

    Letters that still ask for a review, or say that results are waited for, are taken back.
    Raises Conflict while a comment is undecided or a reviewer may still speak, and InvalidInput,
    field "reason", for a marking below that of the exchange or event without a reason.
    """
    refuse_unready(product, now)
    version = version_of(product, None)
    is_lower = about is not None and rank(Marking(version.marking)) < rank(Marking(about.marking))
    if about is not None and is_lower and not reason.strip():
        raise InvalidInput(
            "%(new)s shows more than the %(old)s of the exchange: write who agreed to it and why."
            if isinstance(about, Cycle)
            else "%(new)s shows more than the %(old)s of the event: write who agreed to it and why.",
            field="reason",
            old=about.marking,
            new=version.marking,
        )
    product.published_at = now
    product.published_number, product.published_marking = version.number, version.marking
    session.flush()
    if product.is_note and isinstance(about, Cycle):
        _tell_feeds(session, about, now)
        withdraw_kinds(session, untrue_once_out(plan), cycle_id=about.id, why="The product is published.")
    else:
        withdraw_of_product(session, product.id or 0, "The product is published.")
    silent = sorted(audit.named(one.person) for one in silent_reviewers(product))
    after = {"version": version.number, "marking": version.marking, "silent reviewers": silent}
    record(session, product, "publish product", actor=actor, now=now, after=after, reason=reason)


def withdraw_product(
    session: Session, about: About, product: Product, *, reason: str, actor: Person, now: datetime
) -> None:
    """Take it out of the library and the feeds, for good reason; what is said stays on record."""
    if product.state is not ProductState.PUBLISHED:
        raise Conflict("Only what is published can be withdrawn.")
    if not reason.strip():
        raise InvalidInput("Write the reason: it is kept for good.", field="reason")
    product.withdrawn_at, product.withdrawn_reason = now, reason.strip()
    product.review_opened_at = None
    if product.is_note and isinstance(about, Cycle):
        _tell_feeds(session, about, now)
        withdraw_waiting(session, cycle_id=about.id, why="The product was withdrawn.")
    else:
        withdraw_of_product(session, product.id or 0, "The product was withdrawn.")
    after: dict[str, object] = {"version": product.published_number, "marking": product.published_marking}
    record(session, product, "withdraw product", actor=actor, now=now, after=after, reason=reason)


def refuse_unseen(product: Product, seen: int) -> None:
    """Raise Conflict when another version was saved since: nobody publishes what they have not read."""
    if product.versions[-1].number != seen:
        raise Conflict(
            "Version %(number)s was saved since you opened this page: read it first.",
            number=product.versions[-1].number,
        )


def refuse_unready(product: Product, now: datetime) -> None:
    """Raise Conflict unless the product may be published."""
    if product.state is not ProductState.IN_REVIEW:
        raise Conflict("Only a product in review can be published.")
    if undecided(product):
        raise Conflict(
            "%(count)s comments are undecided: resolve or reject each with a word first.",
            count=len(undecided(product)),
        )
    if awaited_reviewers(product, now):
        raise Conflict(
            "Reviewers may still comment until the end of %(on)s. Silence before is no answer.",
            on=product.review_due_on,
        )


def _new(session: Session, product: Product) -> Product:
    product.versions, product.reviewers, product.credits, product.attachments = [], [], [], []
    session.add(product)
    flush_kind(session)
    return product


def flush_kind(session: Session) -> None:
    """Write what a product is. Raises InvalidInput, field "kind", for a second one where there is but one."""
    try:
        session.flush()
    except IntegrityError as error:
        raise InvalidInput(
            "An exchange has one note and an event one post-exercise report, and there is one already.",
            field="kind",
        ) from error


def _due_on(about: About, product: Product, asked: date | None, actor: Person, now: datetime) -> date:
    """The last day for comments. Raises Conflict, or InvalidInput at the field, when it is over."""
    if product.is_note and isinstance(about, Cycle):
        due_on = review_due_on(about)
        if not is_open(due_on, about.lead_city.time_zone, now):
            raise Conflict(
                "The review stage was due on %(on)s: move that stage first, so that people have time.",
                on=due_on,
            )
        return due_on
    if asked is None or not is_open(asked, actor.city.time_zone, now):
        raise InvalidInput("Give a day that is still to come, so that people have time.", field="due_on")
    return asked


def _tell_feeds(session: Session, cycle: Cycle, now: datetime) -> None:
    if cycle.published_at is None:
        return
    for stage in cycle.stages:
        if stage.key == PUBLISH_STAGE:
            touch(stage, now)
    session.flush()
    mark_cycle_stale(session, cycle)
