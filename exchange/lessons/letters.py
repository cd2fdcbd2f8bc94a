"""Letters to owners of actions: E10, "your actions", once the product of their exchange is out.

Reminders before and after an action's day are not here: they come from duties.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from exchange.access.standings import standing_of
from exchange.access.things import thing_of_cycle
from exchange.answering.personal_links import Task, link_for
from exchange.city_calendars import city_calendar
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.queries import followed_actions, is_unfinished, of_cycle
from exchange.mail.outbox.letter_queue import YOUR_ACTIONS, queue
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.writing.occasions.action_letters import OwnAction, own_actions_letter
from exchange.models import ImprovementAction, Person, Product
from exchange.rules.access.policy import Right, may
from exchange.rules.duties.duty import Role
from exchange.rules.letters.reminders import Reader
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings

NEWS = timedelta(days=14)  # after that, reminders of the day itself say it better


def tell_owners(session: Session, settings: Settings, now: datetime) -> int:
    """Write to who owns actions of exchanges whose product is out, of each action once; how many letters.

    Who coordinates finds what nobody owns on their desk, and so does an owner who knows the product and not
    its exchange, which the letter names. An action given to another owner is told anew.
    """
    out = select(Product.cycle_id).where(
        col(Product.published_at).is_not(None), col(Product.withdrawn_at).is_(None)
    )
    untold = col(ImprovementAction.told_at).is_(None)
    found = followed_actions(session, untold & is_unfinished & of_cycle.in_(out), now)
    for one in found:
        one.action.told_at = now
    readers: dict[tuple[int, int], list[FollowedAction]] = defaultdict(list)
    people: dict[int, Person] = {}
    for one in found:
        for person in _owners(one):
            people[person.id or 0] = person
            cycle = one.action.of_cycle
            readers[person.id or 0, cycle.id or 0 if cycle else 0].append(one)
    return sum(
        _tell(session, people[person_id], actions, settings, now)
        for (person_id, _cycle_id), actions in sorted(readers.items())
    )


def _owners(one: FollowedAction) -> Sequence[Person]:
    """Who is written to: the person who owns it, else the leads of the city."""
    if one.owner.role is Role.PERSON and one.action.owner:
        return [one.action.owner]
    return one.leads


def _tell(
    session: Session, to: Person, actions: Sequence[FollowedAction], settings: Settings, now: datetime
) -> int:
    cycle = actions[0].action.of_cycle
    if cycle is None or not may(standing_of(session, to, now), Right.READ, thing_of_cycle(cycle)):
        return 0
    own = [_own(session, to, one, settings, now) for one in actions]
    first = min(one.action.id or 0 for one in actions)
    letter = queue(
        session,
        own_actions_letter(to, cycle, own, settings=settings),
        to=to,
        once_key=f"{YOUR_ACTIONS}:{cycle.id}:{to.id}:{first}",
        kind=YOUR_ACTIONS,
        why="The product of the exchange is out, and its actions have owners.",
        due_at=soonest(_reader(to, now), now),
        useless_after=now + NEWS,
        cycle_id=cycle.id,
        now=now,
    )
    return int(letter is not None)


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
