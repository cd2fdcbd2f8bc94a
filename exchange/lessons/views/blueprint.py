"""What the pages of findings and actions share. No pages of its own."""

from flask import Blueprint
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.lesson_things import thing_of_lesson, thing_of_progress
from exchange.errors import NotFound
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.progress import Decider
from exchange.lessons import queries
from exchange.lessons.action_changes import followed_action
from exchange.lessons.queries import title_of
from exchange.lessons.words import ACTION_STATES, HEADWAY, KINDS, LESSON_STATES
from exchange.models import City, Lesson
from exchange.rules.access.policy import Right
from exchange.rules.typed_links import is_link
from exchange.web.access.link_access import add_closed_page
from exchange.web.access.request_context import allowed, now, signed_in, today
from exchange.web.presentation.words import PHASES

Page = str | Response | tuple[str, int]
GONE = "There is no such page, or it is not for you to see."
blueprint = Blueprint("lessons", __name__)
add_closed_page(blueprint)


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """The vocabularies that pages show; pages of exchanges and events have actions, too."""
    return {
        "lesson_kinds": KINDS,
        "lesson_phases": PHASES,
        "lesson_states": LESSON_STATES,
        "headway": HEADWAY,
        "action_states": ACTION_STATES,
        "is_link": is_link,
        "title_of_product": title_of,
    }


def decider() -> Decider:
    """Who is signed in, at the instant of this request."""
    return Decider(signed_in().person, now())


def lesson_for(session: Session, lesson_id: int, right: Right) -> Lesson:
    """The finding, to somebody who has the right; to everybody else there is none."""
    found = queries.lesson(session, lesson_id)
    thing = thing_of_lesson(found)
    if not (allowed(Right.READ, thing) and allowed(right, thing)):
        raise NotFound(GONE)
    return found


def city_for(session: Session, lesson: Lesson, city_id: int) -> City:
    """A city of today for which the reader may say how far it is. Raises NotFound."""
    city = queries.member_city(session, city_id, today())
    if not allowed(Right.WRITE, thing_of_progress(lesson, city_id)):
        raise NotFound(GONE)
    return city


def action_for(session: Session, action_id: int, right: Right) -> FollowedAction:
    """The action, to somebody who has the right; to everybody else there is none."""
    found = followed_action(session, action_id, decider())
    if not (allowed(Right.READ, found.thing) and allowed(right, found.thing)):
        raise NotFound(GONE)
    return found
