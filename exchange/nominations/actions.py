"""What is done with a colleague who was named: named, invited, declined; each in the audit trail.

Given session, actor and ``now``; commits nothing and knows no pages. The trail never has their name.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, func, select

from exchange import audit
from exchange.answering.attendance.nominations import Named
from exchange.errors import Conflict
from exchange.invitations.meetings import MeetingOf
from exchange.models import (
    Invitation,
    Nomination,
    NominationState,
    Person,
    Role,
)
from exchange.network.actions.letters_to_members import welcome
from exchange.network.actions.people import add_person
from exchange.network.actions.seats import choose_groups
from exchange.network.drafts import PersonDraft, checked_email, checked_person
from exchange.network.erased_addresses import refuse_erased
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings

WAITING_MOST = 3  # colleagues of one invited person about whom nobody decided


@dataclass(frozen=True)
class Colleague:
    """Who is named, as it was typed."""

    name: str
    email: str


@dataclass(frozen=True)
class Decider:
    """Who decides, when, and by which settings letters are written."""

    actor: Person
    now: datetime
    settings: Settings


def check_open(meeting: MeetingOf, now: datetime) -> None:
    """Raise Conflict when nobody can be named for it any more, or at all."""
    if meeting.starts_at <= now:
        raise Conflict("This meeting has begun: nobody can be named for it any more.")
    if meeting.about.marking == Marking.RED:
        raise Conflict("This meeting is for the people named on it. Ask the coordinator in person.")


def nominate(
    session: Session, invitation: Invitation, meeting: MeetingOf, colleague: Colleague, *, now: datetime
) -> Nomination:
    """Keep the colleague for a coordinator to decide about; nobody is written to.

    Raises InvalidInput for an address that is none, and Conflict for too many that wait.
    """
    check_open(meeting, now)
    email = checked_email(colleague.email)
    is_waiting = (Nomination.invitation_id == invitation.id) & (Nomination.state == NominationState.WAITING)
    waiting = session.exec(select(func.count()).select_from(Nomination).where(is_waiting)).one()
    if waiting >= WAITING_MOST:
        raise Conflict("You have named %(most)s colleagues who wait for a word.", most=WAITING_MOST)
    made = Nomination(invitation_id=invitation.id or 0, name=colleague.name, email=email, made_at=now)
    session.add(made)
    session.flush()
    _record(session, "nominate", made, invitation.person, now)
    return made


def invite_colleague(
    session: Session, named: Named, colleague: Colleague, group_id: int | None, *, by: Decider
) -> Person:
    """Enter the colleague as a contact of the city of who named them, or into an invited group.

    Being of it they are invited by the letters of the meeting. Raises InvalidInput for an address that is
    somebody's or was erased, Conflict when somebody decided meanwhile.
    """
    _take(session, named.row)
    of = named.invitation.person
    role = Role.CITY_CONTACT if group_id is None else Role.EXPERT
    draft = checked_person(
        PersonDraft(colleague.name, colleague.email, of.city_id, of.organisation_id, frozenset({role}))
    )
    refuse_erased(session, draft.email, by.settings)
    person = add_person(session, draft, actor=by.actor, now=by.now)
    groups = [] if group_id is None else [group_id]
    choose_groups(session, person, groups, actor=by.actor, settings=by.settings, now=by.now)
    welcome(session, person, settings=by.settings, now=by.now)
    _decide(session, named.row, NominationState.INVITED, "", by)
    return person


def decline_colleague(session: Session, named: Named, word: str, *, by: Decider) -> None:
    """Do not invite them; who named them reads why. Raises Conflict when somebody decided meanwhile."""
    _take(session, named.row)
    refuse_state_secrets(word, field="word")
    _decide(session, named.row, NominationState.DECLINED, word, by)


def _take(session: Session, row: Nomination) -> None:
    audit.wait_for_turn(session)
    session.refresh(row)
    if row.state != NominationState.WAITING:
        raise Conflict("Somebody has decided about this colleague meanwhile.")


def _decide(session: Session, row: Nomination, state: NominationState, word: str, by: Decider) -> None:
    row.state, row.word = state, word
    row.decided_at, row.decided_by_id = by.now, by.actor.id
    row.name = row.email = ""
    session.add(row)
    session.flush()
    action = "invite colleague" if state is NominationState.INVITED else "decline colleague"
    _record(session, action, row, by.actor, by.now)


def _record(session: Session, action: str, row: Nomination, actor: Person, now: datetime) -> None:
    invitation = session.get_one(Invitation, row.invitation_id)
    noun = f"cycle:{invitation.cycle_id}" if invitation.cycle_id else f"training:{invitation.training_id}"
    subject = f"invitation:{invitation.id}"
    audit.record(session, actor=actor, action=action, subject=subject, after={"to": noun}, now=now)
