"""Saving a wording, going back to the default, and sending a trial letter to oneself."""

from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import Conflict
from exchange.mail.outbox.letter_queue import TRIAL, ComposedLetter, queue
from exchange.mail.outbox.withdrawals import withdraw_kinds
from exchange.mail.writing.custom_wording import Edited
from exchange.models import Cycle, LetterWording, Person, TrainingEvent
from exchange.wordings.available_placeholders import is_of_events, is_transactional
from exchange.wordings.drafts import Scope, refuse_faults
from exchange.wordings.queries import last_version, wording_in_force


def save_wording(
    session: Session, scope: Scope, edited: Edited, *, opened: int, actor: Person, now: datetime
) -> int:
    """Keep a new version; letters of a plan that wait are taken back and written anew. How many that were.

    Letters that answer an action and wait keep the words they were written with.
    ``opened`` is the number of the version the form was opened with. Nothing happens when the text is
    what it was. Raises InvalidInput naming the place of a fault, Conflict when somebody else was faster.
    """
    edited = Edited(" ".join(edited.subject.split()), edited.body.replace("\r\n", "\n").strip())
    refuse_faults(scope, edited)
    _refuse_stale(session, scope, opened)
    if edited == wording_in_force(session, scope):
        return 0
    return _keep(session, scope, edited, actor=actor, now=now)


def back_to_default(session: Session, scope: Scope, *, opened: int, actor: Person, now: datetime) -> int:
    """From now on the letter reads as it came, or, for one cycle, as the network words it.

    The versions before stay in the history. Raises Conflict as save_wording.
    """
    _refuse_stale(session, scope, opened)
    last = last_version(session, scope)
    if last is None or last.is_default:
        return 0
    return _keep(session, scope, None, actor=actor, now=now)


def send_trial(session: Session, letter: ComposedLetter, *, actor: Person, key: str, now: datetime) -> None:
    """Put the letter into the outbox for the actor alone, to be sent at once."""
    queue(
        session,
        letter,
        to=actor,
        once_key=f"{TRIAL}:{actor.id}:{key}:{now.isoformat()}",
        kind=TRIAL,
        why=f"{actor.name} tries how it reads.",
        now=now,
    )
    audit.record(
        session,
        actor=actor,
        action="send trial letter",
        subject=f"person:{actor.id}",
        now=now,
        after={"letter": key},
    )


def _keep(session: Session, scope: Scope, edited: Edited | None, *, actor: Person, now: datetime) -> int:
    if not is_transactional(scope.rule):
        _hold_letters(session, scope)
    last = last_version(session, scope)
    before = wording_in_force(session, scope)
    row = LetterWording(
        scope=scope.key,
        cycle_id=scope.cycle_id,
        letter=scope.rule.key,
        number=(last.number if last else 0) + 1,
        subject=edited.subject if edited else "",
        body=edited.body if edited else "",
        is_default=edited is None,
        person_id=actor.id or 0,
        saved_at=now,
    )
    session.add(row)
    session.flush()
    after = edited or wording_in_force(session, scope)
    audit.record(
        session,
        actor=actor,
        action="word letter" if edited else "word letter as it came",
        subject=scope.subject,
        now=now,
        before={"subject": before.subject, "body": before.body},
        after={"subject": after.subject, "body": after.body},
    )
    if is_transactional(scope.rule):
        return 0  # nothing writes them anew: those that wait keep their words
    return withdraw_kinds(
        session, [scope.rule.key], cycle_id=scope.cycle_id, why="The letter was worded anew."
    )


def _refuse_stale(session: Session, scope: Scope, opened: int) -> None:
    last = last_version(session, scope)
    if (last.number if last else 0) != opened:
        raise Conflict(
            "Somebody saved another wording meanwhile: it stands in the history below. "
            "What you typed is still here; save again to put it in its place."
        )


def _hold_letters(session: Session, scope: Scope) -> None:
    """Wait for a tick that writes such letters now, and keep the next one waiting."""
    table = TrainingEvent if is_of_events(scope.rule) else Cycle
    rows = select(table.id).order_by(col(table.id))
    if scope.cycle_id is not None:
        rows = rows.where(col(table.id) == scope.cycle_id)
    session.exec(rows.with_for_update()).all()
