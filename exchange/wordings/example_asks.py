"""Letters about questions, products and actions, to try a wording on, as if they were called for now."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from exchange.mail.outbox import letter_queue
from exchange.mail.schedule.planned import TaskLink
from exchange.mail.writing.occasions.action_letters import OwnAction, own_actions
from exchange.mail.writing.occasions.ask_letters import Asking, Questions, asking_letter
from exchange.mail.writing.occasions.product_letters import ProductNews, product_news
from exchange.mail.writing.transactional_letters import (
    OF_ASKS,
    OF_PRODUCTS,
    PRODUCT_OUT,
    PRODUCT_REMINDER,
    PRODUCT_REVIEW,
    YOUR_ACTIONS,
    TransactionalLetter,
)
from exchange.mail.writing.words import wording
from exchange.models import Ask, Cycle, Letter, Person, Product, ProductVersion, Subject, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time
from exchange.wordings.example_letters import Example, transactional_example
from exchange.wordings.trial import LOOKED_AT, Trial

_KIND_OF = {  # what the outbox calls them
    PRODUCT_REVIEW: letter_queue.PRODUCT_REVIEW,
    PRODUCT_REMINDER: letter_queue.PRODUCT_REMINDER,
    PRODUCT_OUT: letter_queue.PRODUCT_OUT,
}
KINDS = OF_ASKS | OF_PRODUCTS | {YOUR_ACTIONS}
_WEEK = timedelta(days=7)


def recent_asks(trial: Trial) -> Iterator[Example]:
    """To those who were asked something last."""
    for row, person in _rows(trial, col(Letter.ask_id).is_not(None)):
        ask = trial.session.get(Ask, row.ask_id)
        if ask is not None and ask.subject.marking != Marking.RED:
            letter = _asking(trial, person, ask.subject, _a_week_on(trial, person))
            yield transactional_example(person, letter, row.queued_at, ask.subject.title)


def recent_products(trial: Trial) -> Iterator[Example]:
    """About the versions that are the last ones by now."""
    kind = _KIND_OF[trial.scope.rule.key]
    for row, person in _rows(trial, col(Letter.kind) == kind):
        product = trial.session.get(Product, row.product_id)
        if product is not None and product.versions and product.versions[-1].marking != Marking.RED:
            news = _news(trial, product.versions[-1], _a_week_on(trial, person))
            letter = product_news(trial.scope.rule.key, person, news, trial.settings)
            yield transactional_example(person, letter, row.queued_at, product.versions[-1].title)


def recent_actions(trial: Trial) -> Iterator[Example]:
    """To those who were told of actions last, without what these say."""
    for row, person in _rows(trial, col(Letter.kind) == letter_queue.YOUR_ACTIONS):
        cycle = trial.session.get(Cycle, row.cycle_id) if row.cycle_id else None
        if cycle is not None and cycle.marking != Marking.RED:
            letter = _actions(trial, person, cycle, _a_week_on(trial, person))
            yield transactional_example(person, letter, row.queued_at, cycle.title)


FINDERS: Mapping[str, Callable[[Trial], Iterator[Example]]] = {
    **dict.fromkeys(OF_ASKS, recent_asks),
    **dict.fromkeys(OF_PRODUCTS, recent_products),
    YOUR_ACTIONS: recent_actions,
}


def letter_about(trial: Trial, person: Person, about: Cycle | TrainingEvent) -> TransactionalLetter | None:
    """As if the person were asked, or told, about it now, until a week from now; None where none is sent.

    Actions are those of an exchange.
    """
    key, last_on = trial.scope.rule.key, _a_week_on(trial, person)
    if key in OF_ASKS:
        return _asking(trial, person, about, last_on)
    if key in OF_PRODUCTS:
        news = _news(trial, _version(trial, about), last_on)
        return product_news(key, person, news, trial.settings)
    return _actions(trial, person, about, last_on) if isinstance(about, Cycle) else None


def _a_week_on(trial: Trial, person: Person) -> date:
    return wall_time(trial.now, person.city.time_zone).on + _WEEK


def _asking(trial: Trial, person: Person, about: Subject, last_on: date) -> TransactionalLetter:
    asking = Asking(trial.scope.rule.key, person, about, last_on)
    name = wording(person.language).translations.gettext("(here what the questions are called)")
    return asking_letter(asking, Questions(name, 6), [TaskLink(trial.link("answer"), "")], trial.settings)


def _version(trial: Trial, about: Cycle | TrainingEvent) -> ProductVersion:
    return ProductVersion(
        product_id=0,
        number=1,
        title=about.title,
        marking=about.marking,
        text="",
        person_id=trial.me.id or 0,
        saved_at=trial.now,
    )


def _news(trial: Trial, version: ProductVersion, last_on: date) -> ProductNews:
    is_out = trial.scope.rule.key == PRODUCT_OUT
    page = f"{trial.settings.base_url.rstrip('/')}/library"
    return ProductNews(version, page if is_out else trial.link("review"), None if is_out else last_on)


def _actions(trial: Trial, person: Person, cycle: Cycle, last_on: date) -> TransactionalLetter:
    gettext = wording(person.language).translations.gettext
    own = OwnAction(
        text=gettext("(here what the action says)"),
        due_on=last_on,
        city=person.city.name,
        marking=Marking(cycle.marking),
        url=trial.link("action"),
    )
    return own_actions(person, cycle, [own], trial.settings)


def _rows(trial: Trial, which: ColumnElement[bool]) -> Iterator[tuple[Letter, Person]]:
    """The last letters with their readers, the newest first."""
    found = select(Letter).where(which)
    if trial.scope.cycle_id is not None:
        found = found.where(Letter.cycle_id == trial.scope.cycle_id)
    for row in trial.session.exec(found.order_by(col(Letter.id).desc()).limit(LOOKED_AT)):
        person = trial.session.get(Person, row.person_id) if row.person_id else None
        if person is not None:
            yield row, person
