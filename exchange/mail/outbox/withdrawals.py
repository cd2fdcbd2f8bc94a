"""Letters that wait are taken back: after a change, when they no longer hold, when their use has passed.

Nothing is queued here and nothing sent. What is still called for is queued again by the next tick.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, or_, select, update
from sqlmodel import Session, SQLModel

from exchange import audit
from exchange.mail.outbox.forgotten_outlooks import have_looked_at_again
from exchange.mail.outbox.letter_queue import (
    ACCOUNT,
    ADDRESS,
    FAREWELL,
    HALT,
    ONCE_ONLY,
    RELEASE,
    REQUEST_EXTENSION,
    SIGN_IN,
    THANKS,
    one_line,
)
from exchange.models import Ask, LetterState, Person, is_of_kind
from exchange.rules.programme.stage_plan import MessageClass

_TABLES = SQLModel.metadata.tables
_LETTERS: Table = _TABLES["letter"]
_CHASES: Table = _TABLES["chase"]

# What a tick writes anew when it was taken back and is still called for: all else would be lost.
_IS_MADE_ANEW = _LETTERS.c.kind.not_in(ONCE_ONLY)
# What takes for granted that something takes place; the others say that it does not.
_COUNTS_ON_IT = _LETTERS.c.kind.not_in((HALT, RELEASE))


def withdraw_waiting(
    session: Session,
    *,
    cycle_id: int | None = None,
    training_id: int | None = None,
    person_id: int | None = None,
    why: str,
) -> int:
    """Take back what waits about a cycle or an event, or for a person, that was just changed; how many.

    Called in the transaction of the change, after it is flushed. What is still called for is queued
    again at the next tick, as things are then; what no tick would write again (a receipt, a letter that
    somebody is no longer invited) stays. A letter on its way is recalled: it may arrive as it is, but
    when its try fails it is taken back. Writers take turns here, so that two never deadlock.
    """
    audit.wait_for_turn(session)
    named = {"cycle_id": cycle_id, "training_id": training_id, "person_id": person_id}
    conditions = [_LETTERS.c[name] == row_id for name, row_id in named.items() if row_id is not None]
    if not conditions:
        raise ValueError("withdraw_waiting needs a cycle, an event or a person")
    return _withdraw(session, or_(*conditions) & _IS_MADE_ANEW, why)


def withdraw_all_to(session: Session, person_id: int, why: str) -> int:
    """Take back everything that waits for a person, as withdraw_waiting, and for good."""
    audit.wait_for_turn(session)
    return _withdraw(session, _LETTERS.c.person_id == person_id, why)


def withdraw_release(session: Session, *, once_keys: str, why: str) -> int:
    """Take back letters that somebody is no longer invited, by the beginning of their keys.

    Also from within the queueing of what is due, which has no turn: it holds what letters are made of.
    """
    is_one = (_LETTERS.c.kind == RELEASE) & _LETTERS.c.once_key.startswith(once_keys, autoescape=True)
    return _withdraw(session, is_one, why)


def withdraw_followed(session: Session, kind: str, once_keys: str, why: str) -> int:
    """Take back what waits about a board's or planning meeting, by the beginning of its keys."""
    audit.wait_for_turn(session)
    is_one = (_LETTERS.c.kind == kind) & _LETTERS.c.once_key.startswith(once_keys, autoescape=True)
    return _withdraw(session, is_one, why)


def withdraw_extensions(session: Session, once_keys: str, why: str) -> int:
    """Take back letters that a request takes longer, by the beginning of their keys: that is no longer so."""
    audit.wait_for_turn(session)
    is_one = (_LETTERS.c.kind == REQUEST_EXTENSION) & _LETTERS.c.once_key.startswith(
        once_keys, autoescape=True
    )
    return _withdraw(session, is_one, why)


def withdraw_farewells(session: Session, once_keys: str, why: str) -> int:
    """Take back letters that a city leaves, by the beginning of their keys: it does not, or another day."""
    audit.wait_for_turn(session)
    is_one = (_LETTERS.c.kind == FAREWELL) & _LETTERS.c.once_key.startswith(once_keys, autoescape=True)
    return _withdraw(session, is_one, why)


def withdraw_farewells_to(session: Session, person_id: int, why: str) -> int:
    """Take back what waits to tell a person that their city leaves: it is theirs no more."""
    audit.wait_for_turn(session)
    return _withdraw(session, (_LETTERS.c.kind == FAREWELL) & (_LETTERS.c.person_id == person_id), why)


def withdraw_unsent(session: Session, once_key: str, why: str) -> bool:
    """Take back the letter with this key, for it is written anew; whether it waited.

    One on its way goes on: recalled, it would be lost when its try fails.
    """
    audit.wait_for_turn(session)
    waits = (_LETTERS.c.once_key == once_key) & (_LETTERS.c.state == LetterState.QUEUED.value)
    return _withdraw(session, waits, why) > 0


def follow_address(session: Session, to: Person, why: str) -> None:
    """Send what waits for a person, and is not made anew, to the address and name they have now.

    Sign-in letters are taken back instead: they were asked for at the address they wait for. What tells of
    a change to an account goes to whom the account was known by then.
    """
    audit.wait_for_turn(session)
    is_theirs = _LETTERS.c.person_id == to.id
    _withdraw(session, is_theirs & (_LETTERS.c.kind == SIGN_IN), why)
    stays = _LETTERS.c.kind.in_((ADDRESS, ACCOUNT))
    has_moved = is_theirs & ~_IS_MADE_ANEW & ~stays & (_LETTERS.c.to_address != to.email)
    rows = _locked(session, has_moved)
    queued = [row_id for row_id, state in rows if state == LetterState.QUEUED.value]
    sending = [row_id for row_id, state in rows if state == LetterState.SENDING.value]
    _set(session, sending, to_address=to.email, to_name=one_line(to.name))  # of the next try
    _set(session, queued, to_address=to.email, to_name=one_line(to.name), attempts=0, next_try_at=None)


def withdraw_planned(session: Session, why: str) -> int:
    """Take back all that waits about cycles and events, as withdraw_waiting; how many letters that were.

    For changes that many letters may show: a city's name or clock.
    """
    audit.wait_for_turn(session)
    is_planned = _LETTERS.c.cycle_id.is_not(None) | _LETTERS.c.training_id.is_not(None)
    return _withdraw(session, is_planned & _IS_MADE_ANEW, why)


def withdraw_chasing(session: Session, cycle_id: int, why: str) -> int:
    """Take back the chasing letters of a cycle that wait, as withdraw_waiting."""
    audit.wait_for_turn(session)
    chasing = select(_CHASES.c.letter_id).where(_CHASES.c.letter_id.is_not(None))
    return _withdraw(session, (_LETTERS.c.cycle_id == cycle_id) & _LETTERS.c.id.in_(chasing), why)


def withdraw_chasing_about(session: Session, ask: Ask, why: str) -> int:
    """The same of one ask; those about a cycle's own asks are letters of the cycle.

    Of another ask all that waits is taken back: its letters go to who is silent alone.
    """
    if ask.is_of_plan:
        return withdraw_chasing(session, ask.cycle_id or 0, why)
    audit.wait_for_turn(session)
    return _withdraw(session, (_LETTERS.c.ask_id == ask.id) & _IS_MADE_ANEW, why)


def withdraw_thanks(
    session: Session, *, training_id: int | None = None, ask_id: int | None = None, why: str
) -> int:
    """Take back the thanks that wait about an event, or bring the questions of an ask, which was changed.

    The questions go by a letter of the ask where they are still asked.
    """
    audit.wait_for_turn(session)
    is_about = _LETTERS.c.ask_id == ask_id if training_id is None else _LETTERS.c.training_id == training_id
    return _withdraw(session, (_LETTERS.c.kind == THANKS) & is_about, why)


def withdraw_programme(session: Session, person_id: int, why: str) -> int:
    """Take back what waits of programme letters to a person, as withdraw_waiting."""
    audit.wait_for_turn(session)
    is_programme = _LETTERS.c.message_class == MessageClass.PROGRAMME.value
    return _withdraw(session, is_programme & (_LETTERS.c.person_id == person_id), why)


def withdraw_kinds(
    session: Session, kinds: Collection[str], *, cycle_id: int | None, person_id: int | None = None, why: str
) -> int:
    """Take back what waits of some kinds of letters, as withdraw_waiting, and what they go along in.

    Of one cycle or (None) of all; to one reader or (None) to everybody.
    """
    audit.wait_for_turn(session)
    condition = is_of_kind(*kinds)
    if cycle_id is not None:
        condition &= _LETTERS.c.cycle_id == cycle_id
    if person_id is not None:
        condition &= _LETTERS.c.person_id == person_id
    return _withdraw(session, condition, why)


def withdraw_of_product(
    session: Session, product_id: int, why: str, *, kind: str = "", person_id: int | None = None
) -> int:
    """Take back what waits about a product that is of no plan's letters, for good; how many letters.

    Of one kind or ("") of all; to one reader or (None) to everybody.
    """
    audit.wait_for_turn(session)
    condition = _LETTERS.c.product_id == product_id
    if kind:
        condition &= _LETTERS.c.kind == kind
    if person_id is not None:
        condition &= _LETTERS.c.person_id == person_id
    return _withdraw(session, condition, why)


def withdraw_of_note(session: Session, note_id: int, why: str, *, kind: str = "") -> int:
    """Take back what waits of a note to the network, for good, of one kind or ("") all; how many letters."""
    audit.wait_for_turn(session)
    condition = _LETTERS.c.note_id == note_id
    return _withdraw(session, condition & (_LETTERS.c.kind == kind) if kind else condition, why)


def withdraw_outdated(session: Session) -> int:
    """Take back what waits although it no longer holds; how many letters that were.

    Outdated is what takes for granted that a cycle or a training event takes place which was cancelled
    or postponed - not the letters that say so - and what goes to people who left.
    """
    outdated = _outdated()
    _locked(session, or_(*outdated.values()))
    return sum(_withdraw(session, condition, why) for why, condition in outdated.items())


def has_outdated(session: Session) -> bool:
    """Whether there is anything to take back: a look without a lock."""
    is_unfinished = _LETTERS.c.state.in_((LetterState.QUEUED.value, LetterState.SENDING.value))
    is_new = _LETTERS.c.recalled == ""
    found = select(_LETTERS.c.id).where(is_unfinished, is_new, or_(*_outdated().values())).limit(1)
    return session.connection().execute(found).first() is not None


def _outdated() -> dict[str, ColumnElement[bool]]:
    """What no longer holds, by why."""
    leavers = select(_TABLES["person"].c.id).where(_TABLES["person"].c.is_active.is_(False))
    cycles, trainings = _halted(_TABLES["cycle"]), _halted(_TABLES["training_event"])
    return {
        "The exchange was postponed or cancelled.": _LETTERS.c.cycle_id.in_(cycles) & _COUNTS_ON_IT,
        "The event was postponed or cancelled.": _LETTERS.c.training_id.in_(trainings) & _COUNTS_ON_IT,
        "The person left the network.": _LETTERS.c.person_id.in_(leavers) & (_LETTERS.c.kind != FAREWELL),
    }


def withdraw_useless(session: Session, now: datetime) -> int:
    """Take back letters whose use has passed before they could leave; how many letters that were."""
    return _withdraw(session, _LETTERS.c.useless_after <= now, "Its use had passed before it could be sent.")


def _halted(table: Table) -> Select[tuple[int]]:
    return select(table.c.id).where(or_(table.c.cancelled_at.is_not(None), table.c.postponed_at.is_not(None)))


def _withdraw(session: Session, condition: ColumnElement[bool], reason: str) -> int:
    """Withdraw what is queued and recall what is being sent; how many were queued."""
    rows = _locked(session, condition)
    queued = [row_id for row_id, state in rows if state == LetterState.QUEUED.value]
    sending = [row_id for row_id, state in rows if state == LetterState.SENDING.value]
    _set(session, queued, state=LetterState.WITHDRAWN.value, last_answer=reason)
    _set(session, sending, recalled=reason)
    if queued or sending:
        have_looked_at_again(session.connection(), [*queued, *sending])
    return len(queued)


def _locked(session: Session, condition: ColumnElement[bool]) -> list[tuple[int, str]]:
    """Ids and states of unfinished letters, locked: no state changes before this transaction ends.

    Everybody locks by id, so that two never wait for each other.
    """
    unfinished = _LETTERS.c.state.in_((LetterState.QUEUED.value, LetterState.SENDING.value))
    found = select(_LETTERS.c.id, _LETTERS.c.state).where(unfinished, condition).order_by(_LETTERS.c.id)
    return [(row.id, row.state) for row in session.connection().execute(found.with_for_update())]


def _set(session: Session, letter_ids: list[int], **values: object) -> None:
    if letter_ids:
        statement = update(_LETTERS).where(_LETTERS.c.id.in_(letter_ids)).values(**values)
        session.connection().execute(statement)
