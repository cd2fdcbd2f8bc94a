"""The turns of config/rotation.toml: read, and written once each. What is recorded already stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from exchange import audit
from exchange.errors import ConfigurationError
from exchange.models import City, RotationKind, RotationState
from exchange.rotation.actions import Decider, record_turn
from exchange.rotation.drafts import FIRST_YEAR, LAST_YEAR, TurnDraft
from exchange.rotation.queries import turn_of
from exchange.rules.toml_fields import Entry


@dataclass(frozen=True)
class KnownTurn:
    """One turn of the file; ``city`` is a slug."""

    year: int
    kind: RotationKind
    city: str
    state: RotationState


def read_turns(document: Mapping[str, object]) -> Sequence[KnownTurn]:
    """The turns of a parsed document. Raises ConfigurationError with place and fault."""
    return Entry("", document, known={"turns"}).each("turns", _turn)


def load_turns(session: Session, turns: Sequence[KnownTurn], *, by: Decider) -> int:
    """Write those of which nothing is recorded yet; how many. Raises ConfigurationError: unknown city."""
    audit.wait_for_turn(session)
    cities = dict(session.exec(select(City.slug, City.id)).all())
    new = [one for one in turns if turn_of(session, one.year, one.kind) is None]
    for one in new:
        if one.city not in cities:
            raise ConfigurationError(
                "The turn of %(year)s has the city %(city)s, which is none of ours.",
                year=str(one.year),
                city=one.city,
            )
        draft = TurnDraft(cities[one.city] or 0, one.state)
        record_turn(session, one.year, one.kind, None, draft, by=by)
    return len(new)


def _turn(place: str, table: object) -> KnownTurn:
    entry = Entry(place, table, known={"year", "kind", "city", "state"})
    return KnownTurn(
        year=entry.integer("year", FIRST_YEAR, LAST_YEAR),
        kind=RotationKind(entry.choice("kind", list(RotationKind))),
        city=entry.text("city"),
        state=RotationState(entry.choice("state", list(RotationState))),
    )
