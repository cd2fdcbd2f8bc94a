"""Access by a personal link to the answer that it is for.

Whether a link opens, web.access.link_access says.
"""

from sqlmodel import Session

from exchange.access.things import thing_of_task
from exchange.contributions.queries import AnswerAccess, Plans, answer_access
from exchange.rules.access.policy import Right
from exchange.web.access.link_access import ELSEWHERE, ENDED, ClosedLink, let_in, opened_link
from exchange.web.access.request_context import ask_templates, now, stage_plan


def access_by_link(session: Session, token: str) -> AnswerAccess:
    """What a link gives access to, its page on the clock of its person. Raises ClosedLink, SignInNeeded."""
    link = opened_link(session, token, now())
    if link.addressee_id is None:
        raise ClosedLink(ELSEWHERE)
    access = answer_access(session, link.addressee_id, plans=answer_plans(), now=now())
    if access.addressee.holder_id != link.person_id:
        raise ClosedLink(ENDED)
    let_in(link, access.standing, Right.ANSWER, thing_of_task(access.addressee, access.subject))
    return access


def answer_plans() -> Plans:
    """What asks go by in this application."""
    return Plans(stage_plan(), ask_templates())
