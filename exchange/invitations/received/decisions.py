"""What a coordinator decides about an answer that was shown: taken for the person, or set aside. Once."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.access.board_things import thing_of_board_meeting
from exchange.access.kept_back import kept_back_from
from exchange.errors import Conflict, NotFound
from exchange.invitations import actions, queries
from exchange.models import Answer, Channel, HandledMail, Invitation, Person
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.programme.preparation_profiles import Profiles

ASIDE = "aside"


@dataclass(frozen=True)
class Decider:
    """Who decides, and what they may know."""

    standing: Standing
    person: Person


def take_by_hand(
    session: Session, mail_id: int, said: Answer, by: Decider, *, profiles: Profiles, now: datetime
) -> None:
    """Keep the answer as the person's. Raises NotFound, Conflict when it was decided, TooLate, CalledOff."""
    mail, invitation = _offered(session, mail_id, by)
    meeting = queries.meeting_of(session, invitation, profiles, now)
    if meeting is None:
        raise actions.CalledOff("This meeting does not take place any more.")
    taken = actions.Said(said, Channel.BY_HAND, now, mail.comment, taken_by=by.person)
    actions.answer(session, invitation, meeting, taken, now=now)
    mail.is_taken, mail.is_offered = True, False
    mail.answer, mail.outcome = said.value, f"The answer was taken by hand: {said.value}."
    session.add(mail)


def set_aside(session: Session, mail_id: int, by: Decider, *, now: datetime) -> None:
    """Leave things as they are, and offer the answer no more. Raises NotFound, and Conflict when decided."""
    mail, invitation = _offered(session, mail_id, by)
    mail.is_offered = False
    session.add(mail)
    session.flush()
    audit.record(
        session,
        actor=by.person,
        action="set shown answer aside",
        subject=f"invitation:{invitation.id}",
        now=now,
    )


def _offered(session: Session, mail_id: int, by: Decider) -> tuple[HandledMail, Invitation]:
    audit.wait_for_turn(session)
    mail = session.get(HandledMail, mail_id)
    invitation = mail.invitation if mail else None
    if mail is None or invitation is None or _is_kept_back(session, invitation, by):
        raise NotFound("There is no such answer.")
    if not mail.is_offered:
        raise Conflict("Somebody has decided about this answer meanwhile.")
    return mail, invitation


def _is_kept_back(session: Session, invitation: Invitation, by: Decider) -> bool:
    if invitation.board_meeting_id is not None:
        thing = thing_of_board_meeting(queries.board_meeting_of(session, invitation))
        return not may(by.standing, Right.READ, thing)
    return kept_back_from(session, by.standing).holds(queries.about_of(session, invitation))
