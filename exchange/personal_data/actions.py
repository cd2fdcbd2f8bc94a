"""What is done about people's data: taken along, corrected, restricted, asked for and decided.

Erasing is erasure.py's, a new address address_change.py's. Each leaves an entry in the audit trail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.mail.outbox.withdrawals import withdraw_programme
from exchange.models import Decision, Person, Right, RightsRequest
from exchange.network.actions.people import edit_person
from exchange.network.actions.saving import take
from exchange.network.drafts import draft_of_person
from exchange.network.erased_addresses import block_on, lift
from exchange.personal_data.archive import archive_of
from exchange.personal_data.parts.taking import Taking
from exchange.personal_data.rights_letters import queue_answer
from exchange.preferences.actions import stop_programme
from exchange.settings import Settings


@dataclass(frozen=True)
class Correction:
    """What somebody corrects about themselves; ``seen`` is the fingerprint their form carried."""

    name: str
    language: str
    seen: str | None


def take_along(session: Session, person: Person, taking: Taking, *, actor: Person, now: datetime) -> bytes:
    """The person's data as a zip, written down as taken. Needs their city and roles loaded."""
    content = archive_of(session, person, taking)
    audit.record(
        session,
        actor=actor,
        action="export personal data",
        subject=f"person:{person.id}",
        after={"bytes": len(content)},
        now=now,
    )
    return content


def correct(
    session: Session, person: Person, given: Correction, *, settings: Settings, now: datetime
) -> None:
    """The person's own name and language, by themselves. Raises InvalidInput, Conflict for an old page."""
    draft = replace(draft_of_person(person), name=given.name, language=given.language)
    edit_person(session, person, draft, seen=given.seen, actor=person, settings=settings, now=now)


def restrict(session: Session, person: Person, *, why: str, actor: Person, now: datetime) -> None:
    """Keep the person's data and hardly use them: no letters of the programme, not among those one finds.

    Raises Conflict when it is so already, or for somebody erased.
    """
    audit.wait_for_turn(session)
    take(session, person)
    if person.restricted_at is not None or person.erased_at is not None:
        raise Conflict("That was done before.")
    person.restricted_at, person.restricted_why = now, _reason(why)
    session.add(person)
    session.flush()
    withdraw_programme(session, person.id or 0, "The use of the person's data is restricted.")
    _record(session, "restrict personal data", person, actor=actor, now=now, reason=why.strip())


def end_restriction(session: Session, person: Person, *, why: str, actor: Person, now: datetime) -> None:
    """Use the person's data as before. Raises Conflict when nothing is restricted."""
    audit.wait_for_turn(session)
    take(session, person)
    if person.restricted_at is None:
        raise Conflict("Nothing is restricted.")
    reason = _reason(why)
    person.restricted_at, person.restricted_why = None, ""
    session.add(person)
    session.flush()
    _record(session, "end restriction of personal data", person, actor=actor, now=now, reason=reason)


def ask(session: Session, person: Person, kind: Right, *, words: str, now: datetime) -> RightsRequest:
    """Note what the person asks for. An objection stops letters of the programme at once.

    Raises Conflict while the same is undecided.
    """
    audit.wait_for_turn(session)
    waiting = select(RightsRequest.id).where(
        RightsRequest.person_id == person.id, RightsRequest.kind == kind, RightsRequest.decision == ""
    )
    if session.exec(waiting).first() is not None:
        raise Conflict("You asked for that before, and an answer is on its way.")
    request = RightsRequest(person_id=person.id or 0, kind=kind, words=words.strip(), made_at=now)
    session.add(request)
    session.flush()
    if kind is Right.OBJECTION:
        stop_programme(session, person, how="an objection", now=now)
    _record(session, f"ask for {kind}", person, actor=person, now=now, after={"request": request.id})
    return request


def decide(
    session: Session,
    request_id: int,
    decision: Decision,
    *,
    answer: str,
    actor: Person,
    settings: Settings,
    now: datetime,
) -> RightsRequest:
    """Answer a request; the person gets it by letter. Granting an objection restricts, too.

    Raises InvalidInput for an erasure that is granted here: it has a page of its own.
    """
    audit.wait_for_turn(session)
    found = session.exec(select(RightsRequest).where(col(RightsRequest.id) == request_id).with_for_update())
    request = found.first()
    if request is None:
        raise NotFound("There is no such request.")
    if request.decision:
        raise Conflict("Somebody decided that already.")
    if request.kind == Right.ERASURE and decision is Decision.GRANTED:
        raise InvalidInput("Erase the person on their page of erasure: that answers it.", field="decision")
    person = session.get_one(Person, request.person_id)
    request.decision, request.answer = decision, _reason(answer, field="answer")
    request.decided_at, request.decided_by_id = now, actor.id
    session.flush()
    if decision is Decision.GRANTED and person.restricted_at is None:
        restrict(session, person, why=f"They asked for it: request {request.id}.", actor=actor, now=now)
    queue_answer(session, request, person, settings=settings, now=now)
    after = {"request": request.id, "decision": decision.value}
    _record(session, "decide on personal data", person, actor=actor, now=now, after=after)
    return request


def lift_block(
    session: Session, email: str, *, why: str, actor: Person, settings: Settings, now: datetime
) -> None:
    """Let an erased address be entered again. Raises InvalidInput, fields "email" and "why"."""
    audit.wait_for_turn(session)
    reason = _reason(why)
    found = block_on(session, email, settings)
    if found is None:
        raise InvalidInput("Nobody with this address was erased, or it may be entered again.", field="email")
    lift(found, by_id=actor.id or 0, why=reason, now=now)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="lift block on erased address",
        subject=f"person:{found.person_id}",
        reason=reason,
        now=now,
    )


def note_review(session: Session, person: Person, *, actor: Person, now: datetime) -> None:
    """The person is still needed here: they are listed again when as long has passed once more."""
    _record(session, "review contact", person, actor=actor, now=now)


def _reason(text: str, field: str = "why") -> str:
    if not text.strip():
        raise InvalidInput("Write a reason: it is kept.", field=field)
    return text.strip()


def _record(
    session: Session,
    action: str,
    person: Person,
    *,
    actor: Person,
    now: datetime,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"person:{person.id}",
        after=after,
        reason=reason,
        now=now,
    )
