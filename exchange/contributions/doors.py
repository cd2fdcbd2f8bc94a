"""The desk behind a personal link: the answer that it is for. Whether a link opens, web.doors says."""

from sqlmodel import Session

from exchange.contributions.queries import Desk, desk_of
from exchange.web.doors import ELSEWHERE, ENDED, ClosedLink, let_in, opened_link
from exchange.web.request import now, stage_plan


def desk_behind(session: Session, token: str) -> Desk:
    """The desk that a link opens, its page on the clock of its person. Raises ClosedLink, SignInNeeded."""
    link = opened_link(session, token, now())
    if link.addressee_id is None:
        raise ClosedLink(ELSEWHERE)
    desk = desk_of(session, link.addressee_id, plan=stage_plan(), now=now())
    if desk.addressee.holder_id != link.person_id:
        raise ClosedLink(ENDED)
    let_in(link, desk.cycle.marking)
    return desk
