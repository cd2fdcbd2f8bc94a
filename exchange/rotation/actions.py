"""What is done with turns: recorded, changed, taken out; each with its audit entry. Commits nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from exchange import audit
from exchange.audit import kept_text
from exchange.errors import Conflict, InvalidInput
from exchange.models import Person, Rotation, RotationKind
from exchange.rotation import queries
from exchange.rotation.drafts import TurnDraft, check_turn


@dataclass(frozen=True)
class Decider:
    """Who decides, and when; nobody for what a command of the operator does."""

    actor: Person | None
    now: datetime


def record_turn(
    session: Session,
    year: int,
    kind: RotationKind,
    present: Rotation | None,
    draft: TurnDraft,
    *,
    by: Decider,
) -> Rotation:
    """Make the turn of a year what the draft says; ``present`` is what was recorded of it.

    Raises InvalidInput, at "city_id" for a city that is no member in that year unless it stands there
    already, and Conflict when somebody else recorded it at the same time.
    """
    check_turn(draft)
    _check_city(session, year, present, draft)
    before = _facts(present) if present else None
    row = present or Rotation(
        year=year, kind=kind, city_id=draft.city_id, state=draft.state, created_at=by.now
    )
    for name in ("city_id", "cost", "currency", "decision_id"):
        setattr(row, name, getattr(draft, name))
    row.state, row.in_kind = draft.state.value, draft.in_kind.strip()
    after = _facts(row)
    if before == after:
        return row
    row.version += before is not None
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("Somebody else has just recorded this. Open it again and look.") from error
    _keep(session, year, kind, "record turn", by, before, after)
    return row


def take_out_turn(session: Session, row: Rotation, *, reason: str, by: Decider) -> None:
    """What was recorded by mistake: the year is unrecorded again. Raises InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput("Write the reason: it is kept for good.", field="reason")
    year, kind, before = row.year, RotationKind(row.kind), _facts(row)
    session.delete(row)
    session.flush()
    _keep(session, year, kind, "take out turn", by, before, None, reason)


def _check_city(session: Session, year: int, present: Rotation | None, draft: TurnDraft) -> None:
    city = next((one for one in queries.cities_to_choose(session) if one.id == draft.city_id), None)
    if city is None:
        raise InvalidInput("Choose a city.", field="city_id")
    if present is not None and present.city_id == draft.city_id:
        return  # what was recorded once stays, whoever has left since
    if not queries.belongs_in(city, year):
        raise InvalidInput(
            "%(city)s is neither lead nor member in %(year)s.",
            field="city_id",
            city=city.name,
            year=str(year),
        )


def _facts(row: Rotation) -> dict[str, object]:
    """The turn as the trail keeps it: of what was given in kind a digest, for it may name people."""
    names = ("city_id", "state", "cost", "currency", "decision_id")
    return {name: getattr(row, name) for name in names} | {"in_kind": kept_text(row.in_kind)}


def _keep(
    session: Session,
    year: int,
    kind: RotationKind,
    action: str,
    by: Decider,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=f"rotation:{year}:{kind.value}",
        before=before,
        after=after,
        reason=reason.strip(),
        now=by.now,
    )
