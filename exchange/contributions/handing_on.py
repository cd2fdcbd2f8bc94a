"""Who answers and until when: hand a task on, mark a group done, grant more days. Commits nothing.

Each takes back the reminders that wait: those that are still called for are written anew by the next tick.
"""

from datetime import date, datetime

from sqlmodel import Session

from exchange import audit
from exchange.answering.links import link_for, revoke_links, task_of
from exchange.answering.standing import due_day, party_name
from exchange.contributions.actions import refuse_late
from exchange.contributions.queries import Desk
from exchange.errors import Conflict, Forbidden, InvalidInput
from exchange.mail.answer_letters import passed_letter
from exchange.mail.edited import load_wordings
from exchange.mail.outbox import queue, withdraw_chasing
from exchange.models import Person, PromptAddressee, PromptParty
from exchange.rules.deadlines import last_day
from exchange.rules.stage_plan import PromptKind, StagePlan
from exchange.settings import Settings
from exchange.tokens import digest

LONGEST_EXTENSION_DAYS = 60


def pass_to_deputy(
    session: Session, desk: Desk, deputy: Person, *, settings: Settings, now: datetime
) -> None:
    """Hand the task on: the old link ends, the deputy gets a letter with a new one, the record stays."""
    refuse_late(desk)
    before = desk.holder
    task = task_of(desk.addressee)
    revoke_links(session, task, why="passed on", now=now)
    desk.addressee.holder = deputy
    desk.addressee.holder_id = deputy.id or 0
    session.flush()
    withdraw_chasing(session, desk.cycle.id or 0, "A task was handed to a deputy.")
    url = link_for(session, task, to=deputy, settings=settings, now=now)
    letter = passed_letter(deputy, before, desk.cycle, desk.party_name, desk.last_on, url, settings=settings)
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=deputy,
        once_key=f"passed:{digest(url)}",
        kind="passed on",
        why="A task was handed to a deputy.",
        due_at=now,
        useless_after=None,
        now=now,
    )
    audit.record(
        session,
        actor=before,
        action="pass answer to deputy",
        subject=f"cycle:{desk.cycle.id}",
        before={"for": desk.party_name, "who answers": before.name},
        after={"for": desk.party_name, "who answers": deputy.name},
        now=now,
    )


def mark_group_done(session: Session, desk: Desk, *, now: datetime) -> None:
    """The chair says that the group has answered: nobody of it is reminded any more."""
    _set_done(session, desk, now, now)


def reopen_group(session: Session, desk: Desk, *, now: datetime) -> None:
    """The chair takes that back."""
    _set_done(session, desk, None, now)


def extend(
    session: Session,
    row: PromptParty | PromptAddressee,
    last_on: date,
    *,
    plan: StagePlan,
    actor: Person,
    reason: str,
    now: datetime,
) -> None:
    """Take answers of a city or group, or of one person, until the end of a later day.

    Raises InvalidInput, field "last_on", for a day that is no later than the one in force.
    """
    is_person = isinstance(row, PromptAddressee)
    party = row.party if isinstance(row, PromptAddressee) else row
    cycle = party.prompt.cycle
    due_on = due_day(cycle, plan, PromptKind(party.prompt.kind))
    in_force = last_day(due_on, party.extended_on, row.extended_on)
    if last_on <= in_force:
        raise InvalidInput("Answers are taken until %(on)s already.", field="last_on", on=in_force)
    if (last_on - due_on).days > LONGEST_EXTENSION_DAYS:
        raise InvalidInput(
            "At most %(most)s days can be added to the plan.", field="last_on", most=LONGEST_EXTENSION_DAYS
        )
    row.extended_on = last_on
    session.flush()
    withdraw_chasing(session, cycle.id or 0, "More days were given to answer.")
    who = row.person.name if isinstance(row, PromptAddressee) else party_name(party)
    audit.record(
        session,
        actor=actor,
        action="extend answers",
        subject=f"cycle:{cycle.id}",
        before={"for": who, "until": in_force},
        after={"for": who, "until": last_on, "one person": is_person},
        now=now,
        reason=reason,
    )


def _set_done(session: Session, desk: Desk, done_at: datetime | None, now: datetime) -> None:
    if not desk.is_chair:
        raise Forbidden("Only the chair of the group says whether it is done.")
    party = desk.party
    if (party.done_at is None) == (done_at is None):
        raise Conflict("Somebody did that already.")
    party.done_at, party.done_by_id = done_at, desk.addressee.holder_id if done_at else None
    session.flush()
    withdraw_chasing(session, desk.cycle.id or 0, "A chair said whether the group is done.")
    audit.record(
        session,
        actor=desk.holder,
        action="mark group done" if done_at else "reopen group",
        subject=f"cycle:{desk.cycle.id}",
        after={"for": desk.party_name},
        now=now,
    )
