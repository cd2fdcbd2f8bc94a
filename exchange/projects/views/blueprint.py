"""The blueprint that all views of projects stand in, and what they share. No pages of its own."""

from flask import Blueprint
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.project_things import thing_of_deliverable, thing_of_project
from exchange.errors import NotFound
from exchange.models import Deliverable, Project
from exchange.projects import queries
from exchange.projects.actions import Decider
from exchange.projects.words import SOURCES
from exchange.rules.access.policy import Right
from exchange.rules.typed_links import is_link
from exchange.web.access.request_context import allowed, now, signed_in

Page = str | Response | tuple[str, int]
GONE = "There is no such page, or it is not for you to see."
blueprint = Blueprint("projects", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages show."""
    return {"project_sources": SOURCES, "is_link": is_link}


def project_for(session: Session, project_id: int, right: Right) -> Project:
    """The project, to somebody who has the right; to everybody else there is none."""
    found = queries.project(session, project_id)
    check(found, right)
    return found


def check(found: Project, right: Right) -> None:
    """Raise NotFound for who has not the right on it."""
    thing = thing_of_project(found)
    if not (allowed(Right.READ, thing) and allowed(right, thing)):
        raise NotFound(GONE)


def deliverable_for(session: Session, deliverable_id: int, right: Right) -> Deliverable:
    """What a project hands over, to somebody who has the right on it; to everybody else there is none."""
    found = queries.deliverable(session, deliverable_id)
    if not allowed(right, thing_of_deliverable(found)):
        raise NotFound(GONE)
    return found


def by() -> Decider:
    """Who decides by this request."""
    return Decider(signed_in().person, now())
