"""What becomes of a product: saved, put into review, published, withdrawn. Commits nothing.

Comments are in reviews.py. Every change stands in the audit trail of the cycle.
"""

from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.access.named_people import named_people
from exchange.access.product_things import thing_of_review_by
from exchange.audit.markings import record_marking
from exchange.errors import Conflict, InvalidInput
from exchange.feeds.publishing.publish import mark_cycle_stale, touch
from exchange.lifecycle import check_lowering
from exchange.mail.outbox.withdrawals import withdraw_kinds, withdraw_waiting
from exchange.mail.schedule.cycle_eligibility import UNTRUE_IN_REVIEW, untrue_once_out
from exchange.mail.schedule.recipients import audiences_of_cycle, load_roll
from exchange.models import Cycle, Person, Product, ProductReviewer, ProductState, ProductVersion
from exchange.products.drafts import ProductDraft, checked
from exchange.products.queries import (
    PUBLISH_STAGE,
    awaited_reviewers,
    product_of,
    review_due_on,
    silent_reviewers,
    undecided,
    version_of,
)
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
    """Keep a version; the first begins the product. What is out or withdrawn stays as it is.

    Raises InvalidInput, field "reason", for a lower marking than the last one's without a reason.
    """
    checked(draft)
    product = product_of(session, cycle.id or 0) or _new(session, cycle, now)
    if product.state is ProductState.PUBLISHED:
        raise Conflict("It is published: withdraw it first, with a reason, and then change it.")
    last = product.versions[-1] if product.versions else None
    if (last.number if last else 0) != draft.opened_on:
        raise SavedMeanwhile("Somebody saved another version since you opened this page.")
    marking = parse_marking(draft.marking)
    named_ids = named_people(session, marking, draft.named)
    written = (draft.title, marking, draft.text, named_ids)
    if last and (last.title, last.marking, last.text, last.named_ids) == written:
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
        person_id=actor.id or 0,
        saved_at=now,
    )
    product.versions.append(version)
    session.flush()
    _record_version(session, cycle, version, last, actor=actor, reason=draft.reason)
    return version


def open_review(session: Session, cycle: Cycle, product: Product, *, actor: Person, now: datetime) -> None:
    """Ask the cities to check the facts; their letters go out as the stage plan says.

    A withdrawn product begins anew by it: what was said before stays, and everybody is asked again.
    Raises Conflict when the review's last day is over.
    """
    if product.state not in {ProductState.DRAFT, ProductState.WITHDRAWN}:
        raise Conflict("It is in review or published already.")
    due_on = review_due_on(cycle)
    if not is_open(due_on, cycle.lead_city.time_zone, now):
        raise Conflict(
            "The review stage was due on %(on)s: move that stage first, so that people have time.", on=due_on
        )
    product.review_opened_at, product.review_due_on = now, due_on
    product.published_at = product.published_number = product.withdrawn_at = None
    product.published_marking = product.withdrawn_reason = ""
    for one in product.reviewers:
        one.asked_at, one.agreed_at, one.silence_noted_at = now, None, None
    known, roll = {one.person_id for one in product.reviewers}, load_roll(session, now.date())
    for reader in audiences_of_cycle(roll, cycle)["reviewers"]:
        asked = thing_of_review_by(reader.person_id, product, cycle)
        if reader.person_id not in known and roll.may_do(reader.person_id, Right.REVIEW, asked):
            session.add(ProductReviewer(product_id=product.id or 0, person_id=reader.person_id, asked_at=now))
    session.flush()
    withdraw_kinds(session, UNTRUE_IN_REVIEW, cycle_id=cycle.id, why="The draft is in review.")
    _record(
        session, cycle, "open review", actor, now, {"due": due_on, "version": product.versions[-1].number}
    )


def publish_product(
    session: Session,
    cycle: Cycle,
    product: Product,
    *,
    plan: StagePlan,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    """Let its ring read it: the publication's letter becomes due and its feed entry leads there.

    Letters that still ask for a review, or say that results are waited for, are taken back.
    Raises Conflict while a comment is undecided or a reviewer may still speak, and InvalidInput,
    field "reason", for a marking below that of the exchange without a reason.
    """
    refuse_unready(product, now)
    version = version_of(product, None)
    if rank(Marking(version.marking)) < rank(Marking(cycle.marking)) and not reason.strip():
        raise InvalidInput(
            "%(new)s shows more than the %(old)s of the exchange: write who agreed to it and why.",
            field="reason",
            old=cycle.marking,
            new=version.marking,
        )
    product.published_at = now
    product.published_number, product.published_marking = version.number, version.marking
    session.flush()
    _tell_feeds(session, cycle, now)
    withdraw_kinds(session, untrue_once_out(plan), cycle_id=cycle.id, why="The product is published.")
    silent = sorted(one.person.name for one in silent_reviewers(product))
    after = {"version": version.number, "marking": version.marking, "silent reviewers": silent}
    _record(session, cycle, "publish product", actor, now, after, reason)


def withdraw_product(
    session: Session, cycle: Cycle, product: Product, *, reason: str, actor: Person, now: datetime
) -> None:
    """Take it out of the library and the feeds, for good reason; what is said stays on record."""
    if product.state is not ProductState.PUBLISHED:
        raise Conflict("Only what is published can be withdrawn.")
    if not reason.strip():
        raise InvalidInput("Write the reason: it is kept for good.", field="reason")
    product.withdrawn_at, product.withdrawn_reason = now, reason.strip()
    product.review_opened_at = None
    _tell_feeds(session, cycle, now)
    withdraw_waiting(session, cycle_id=cycle.id, why="The product was withdrawn.")
    after: dict[str, object] = {"version": product.published_number, "marking": product.published_marking}
    _record(session, cycle, "withdraw product", actor, now, after, reason)


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


def _new(session: Session, cycle: Cycle, now: datetime) -> Product:
    year = wall_time(now, cycle.lead_city.time_zone).on.year
    product = Product(cycle_id=cycle.id or 0, year=year, created_at=now)
    product.versions, product.reviewers = [], []
    session.add(product)
    session.flush()
    return product


def _tell_feeds(session: Session, cycle: Cycle, now: datetime) -> None:
    if cycle.published_at is None:
        return
    for stage in cycle.stages:
        if stage.key == PUBLISH_STAGE:
            touch(stage, now)
    session.flush()
    mark_cycle_stale(session, cycle)


def _record_version(
    session: Session,
    cycle: Cycle,
    version: ProductVersion,
    last: ProductVersion | None,
    *,
    actor: Person,
    reason: str,
) -> None:
    """That a version was saved, and apart from it that its marking is another than the last one's."""
    digest = audit.content_digest([version.title, version.text])
    facts: dict[str, object] = {"version": version.number, "marking": version.marking, "sha256": digest}
    _record(session, cycle, "save product", actor, version.saved_at, facts)
    record_marking(
        session,
        f"product:{version.product_id}",
        last.marking if last else "",
        version.marking,
        actor=actor,
        reason=reason,
        now=version.saved_at,
        about={"in": f"cycle:{cycle.id}"},
    )


def _record(
    session: Session,
    cycle: Cycle,
    action: str,
    actor: Person,
    now: datetime,
    after: dict[str, object],
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"cycle:{cycle.id}",
        after=after,
        now=now,
        reason=reason.strip(),
    )
