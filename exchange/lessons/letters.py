"""Letters to owners of actions: E10, "your actions", once the product of their exchange is out.

Reminders before and after an action's day are not here: they come from duties.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from exchange.access.standings import standing_of
from exchange.access.things import thing_of_cycle
from exchange.answering.personal_links import Task, link_for
from exchange.city_calendars import city_calendar
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.queries import followed_actions, is_unfinished, of_cycle
from exchange.mail.outbox.letter_queue import YOUR_ACTIONS, ComposedLetter, queue
from exchange.mail.outbox.withdrawals import withdraw_unsent
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.action_letters import OwnAction, own_actions_letter
from exchange.models import Cycle, ImprovementAction, Letter, LetterState, Person, Product
from exchange.rules.access.policy import Right, may
from exchange.rules.duties.duty import Role
from exchange.rules.letters.reminders import Reader
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings

NEWS = timedelta(days=14)  # after that, reminders of the day itself say it better
_TOLD = "actions"  # in what a letter tells: the ids of those it was written about
_IS_SO_NO_MORE = "What it tells of is done, declined or theirs no more, or says something else now."


def tell_owners(session: Session, settings: Settings, now: datetime) -> int:
    """Write to who owns actions of exchanges whose product is out, of each action once; how many letters.

    Who coordinates finds what nobody owns on their desk, and so does an owner who knows the product and not
    its exchange, which the letter names. An action given to another owner is told anew. Letters that wait
    are held against what is so now: written anew, or taken back. It is a letter of the programme.
    """
    renewed = sum(_renew(session, settings, now))
    untold = col(ImprovementAction.told_at).is_(None)
    found = followed_actions(session, untold & _is_told_of(), now)
    for one in found:
        one.action.told_at = now
    readers: dict[tuple[int, int], list[FollowedAction]] = defaultdict(list)
    people: dict[int, Person] = {}
    for one in found:
        for person in _owners(one):
            people[person.id or 0] = person
            cycle = one.action.of_cycle
            readers[person.id or 0, cycle.id or 0 if cycle else 0].append(one)
    return renewed + sum(
        _tell(session, people[person_id], actions, settings, now)
        for (person_id, _cycle_id), actions in sorted(readers.items())
    )


def _is_told_of() -> ColumnElement[bool]:
    """Of an action: it is open, and of an exchange that takes place and has a product out."""
    out = (
        select(Product.cycle_id)
        .join(Cycle)
        .where(
            col(Product.published_at).is_not(None),
            col(Product.withdrawn_at).is_(None),
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.postponed_at).is_(None),
        )
    )
    return is_unfinished & of_cycle.in_(out)


def _owners(one: FollowedAction) -> Sequence[Person]:
    """Who is written to: the person who owns it, else the leads of the city."""
    if one.owner.role is Role.PERSON and one.action.owner:
        return [one.action.owner]
    return one.leads


def _renew(session: Session, settings: Settings, now: datetime) -> Iterator[bool]:
    """Hold letters that wait, or were taken back, against what is so; whether each is queued again."""
    states = (LetterState.QUEUED, LetterState.WITHDRAWN)
    is_news = (col(Letter.kind) == YOUR_ACTIONS) & (col(Letter.useless_after) > now)
    letters = session.exec(
        select(Letter)
        .where(is_news, col(Letter.state).in_(states), col(Letter.person_id).is_not(None))
        .order_by(col(Letter.id))
    ).all()
    ids = {number for letter in letters for number in _ids(letter)}
    which = col(ImprovementAction.id).in_(ids) & _is_told_of()
    found = {one.action.id: one for one in followed_actions(session, which, now)} if ids else {}
    for letter in letters:
        actions = [found[number] for number in _ids(letter) if number in found]
        yield _renewed(session, letter, actions, settings, now)


def _ids(letter: Letter) -> list[int]:
    ids = (letter.tells or {}).get(_TOLD)
    return [number for number in ids if isinstance(number, int)] if isinstance(ids, list) else []


def _renewed(
    session: Session, letter: Letter, actions: Sequence[FollowedAction], settings: Settings, now: datetime
) -> bool:
    own = [(to, one) for one in actions for to in _owners(one) if to.id == letter.person_id]
    for _, one in own:
        one.action.told_at = one.action.told_at or now
    to = own[0][0] if own else None
    written = _letter(session, to, [one for _, one in own], settings, now) if to else None
    is_waiting = letter.state == LetterState.QUEUED
    if is_waiting and written and (letter.subject, letter.text) == (written.subject, written.text):
        return False
    if is_waiting:
        withdraw_unsent(session, letter.once_key, _IS_SO_NO_MORE)
    if to is None or written is None:
        return False
    return _queued(session, to, written, letter.once_key, letter.cycle_id, letter.due_at, now)


def _tell(
    session: Session, to: Person, actions: Sequence[FollowedAction], settings: Settings, now: datetime
) -> int:
    cycle, written = actions[0].action.of_cycle, _letter(session, to, actions, settings, now)
    if cycle is None or written is None:
        return 0
    first = min((one.action for one in actions), key=lambda one: one.id or 0)
    key = f"{YOUR_ACTIONS}:{cycle.id}:{to.id}:{first.id}@v{first.version}"  # given to them again, told again
    return int(_queued(session, to, written, key, cycle.id, soonest(_reader(to, now), now), now))


def _letter(
    session: Session, to: Person, actions: Sequence[FollowedAction], settings: Settings, now: datetime
) -> ComposedLetter | None:
    """What the reader is told of; None for who takes no such letters, or may not know of the exchange."""
    cycle = actions[0].action.of_cycle
    if cycle is None or not takes_programme(to):
        return None
    if not may(standing_of(session, to, now), Right.READ, thing_of_cycle(cycle)):
        return None
    own = [_own(session, to, one, settings, now) for one in actions]
    written = own_actions_letter(to, cycle, own, settings=settings, wordings=load_wordings(session))
    return replace(written, tells={_TOLD: [one.action.id for one in actions]})


def _queued(
    session: Session,
    to: Person,
    written: ComposedLetter,
    once_key: str,
    cycle_id: int | None,
    due_at: datetime,
    now: datetime,
) -> bool:
    letter = queue(
        session,
        written,
        to=to,
        once_key=once_key,
        kind=YOUR_ACTIONS,
        why="The product of the exchange is out, and its actions have owners.",
        due_at=due_at,
        useless_after=due_at + NEWS,
        cycle_id=cycle_id,
        now=now,
    )
    return letter is not None


def _own(session: Session, to: Person, one: FollowedAction, settings: Settings, now: datetime) -> OwnAction:
    marking = Marking(one.action.marking_now)
    url = ""
    if marking is not Marking.RED:  # of that a letter says nothing, and its link would open nothing alone
        url = link_for(session, Task(action_id=one.action.id), to=to, settings=settings, now=now)
    return OwnAction(one.action.text, one.action.due_on, one.city.name, marking, url)


def _reader(person: Person, now: datetime) -> Reader:
    on = wall_time(now, person.city.time_zone).on
    roles = tuple(held.role for held in person.roles)
    return Reader(person.id or 0, person.name, roles, city_calendar(person.city, on))
