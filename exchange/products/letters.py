"""Letters about products that no stage plan knows, into the outbox: once for each review and each version.

A cycle's note has letters of its plan instead (mail.schedule).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.access.product_things import About, thing_of_review
from exchange.answering.personal_links import link_for, task_of
from exchange.feeds.publishing.invalidation import hide_owed_about
from exchange.mail.outbox.letter_queue import DUTIES, PRODUCT_OUT, PRODUCT_REMINDER, PRODUCT_REVIEW, queue
from exchange.mail.outbox.withdrawals import withdraw_kinds, withdraw_of_product
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.schedule.recipients import Roll, load_roll
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.mail.writing.custom_wording import NO_WORDINGS, load_wordings
from exchange.mail.writing.occasions import product_letters
from exchange.mail.writing.occasions.product_letters import ProductNews, product_letter
from exchange.models import Person, Product, ProductReviewer, ProductState
from exchange.products.queries import published_version, silent_reviewers, version_of
from exchange.products.readers import readers_of
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.answer_deadlines import closes_at
from exchange.settings import Settings

REMIND_BEFORE = timedelta(days=3)  # before the last day ends: time enough to read what is two to four pages


def ask_reviewers(
    session: Session, product: Product, about: About, *, settings: Settings, now: datetime
) -> int:
    """Ask everybody who may review it, and remind whoever is silent then; how many are asked.

    Nobody for a cycle's note.
    """
    asked = list(_asked(session, product, about, now))
    wordings = load_wordings(session) if asked else NO_WORDINGS
    for reviewer, person, roll in asked:
        link = _review_link(session, reviewer, person, settings, now)
        news = ProductNews(version_of(product, None), link, product.review_due_on)
        due = product.review_due_on
        closes = closes_at(due, person.city.time_zone) if due else now
        reader = roll.reader(person)
        times = [(PRODUCT_REVIEW, product_letters.REVIEW, soonest(reader, now))]
        remind_at = soonest(reader, closes - REMIND_BEFORE)
        if remind_at > times[0][2]:
            times.append((PRODUCT_REMINDER, product_letters.REMINDER, remind_at))
        for kind, folder, due_at in times:
            queue(
                session,
                product_letter(folder, person, news, settings, wordings),
                to=person,
                once_key=f"{kind}:{product.id}:{product.review_opened_at:%Y%m%dT%H%M%S}:{person.id}",
                kind=kind,
                why="They were asked to review it.",
                due_at=due_at,
                useless_after=closes,
                product_id=product.id,
                now=now,
            )
    return len(asked)


def ask_anew(session: Session, product: Product, about: About, *, settings: Settings, now: datetime) -> None:
    """Write anew what waits to ask for a review: its title, marking or readers may be others by now.

    Nothing outside of a review. Who was asked already, or has spoken, gets no second letter.
    """
    if product.is_note or product.state is not ProductState.IN_REVIEW:
        return
    for kind in (PRODUCT_REVIEW, PRODUCT_REMINDER):
        withdraw_of_product(session, product.id or 0, "The draft was changed.", kind=kind)
    withdraw_kinds(session, (DUTIES,), cycle_id=None, why="Something that is owed was changed.")
    hide_owed_about(session, f"product:{product.id}")
    ask_reviewers(session, product, about, settings=settings, now=now)


def tell_readers(
    session: Session, product: Product, about: About, *, settings: Settings, now: datetime
) -> int:
    """Tell whom it is of or for that the version is out; to how many. Nobody of a cycle's note."""
    if product.is_note:
        return 0
    roll = load_roll(session, now.date())
    version = published_version(product)
    news = ProductNews(version, f"{settings.base_url.rstrip('/')}/products/{product.id}")
    told, wordings = readers_of(roll, product, about), load_wordings(session)
    for person in told:
        queue(
            session,
            product_letter(product_letters.OUT, person, news, settings, wordings),
            to=person,
            once_key=f"{PRODUCT_OUT}:{product.id}:{person.id}@v{version.number}",
            kind=PRODUCT_OUT,
            why="It was published, and they take part in what it is of, or it is for them.",
            due_at=soonest(roll.reader(person), now),
            product_id=product.id,
            now=now,
        )
    return len(told)


def _asked(
    session: Session, product: Product, about: About, now: datetime
) -> Iterator[tuple[ProductReviewer, Person, Roll]]:
    """The reviewers of the present review who may still give one, and have not."""
    if product.is_note:
        return
    roll = load_roll(session, now.date())
    for reviewer in silent_reviewers(product):
        is_theirs = roll.may_do(reviewer.person_id, Right.REVIEW, thing_of_review(reviewer, about))
        if is_theirs and takes_programme(roll.person(reviewer.person_id)):
            yield reviewer, roll.person(reviewer.person_id), roll


def _review_link(
    session: Session, reviewer: ProductReviewer, person: Person, settings: Settings, now: datetime
) -> str:
    """Their own link; at TLP:RED, where no link opens by itself, the page that asks them to sign in."""
    version = version_of(reviewer.product, None)
    belongs = reviewer.product.cycle or reviewer.product.training
    if Marking.RED in {version.marking, belongs.marking if belongs else ""}:
        return f"{settings.base_url.rstrip('/')}/products/{reviewer.product_id}/own-review"
    return link_for(session, task_of(reviewer), to=person, settings=settings, now=now)
