"""Training events as pages and actions need them. Reads only; loads what the template shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from exchange.busy_times import Company, clashes
from exchange.calendars import PLANNED_FOR, city_calendar
from exchange.errors import NotFound
from exchange.feeds.entries import Audience, Entry
from exchange.feeds.redact import entries_of_training, is_for_all, is_member
from exchange.models import (
    AuditEntry,
    City,
    Cycle,
    ExpertGroup,
    MembershipStatus,
    Override,
    Sitting,
    Theme,
    TrainingEvent,
    TrainingState,
)
from exchange.rules.findings import NetworkEvent
from exchange.rules.markings import Marking
from exchange.trainings.drafts import TrainingDraft
from exchange.trainings.preview import Surroundings

HISTORY_MOST = 50  # entries of the trail shown on an event's page; the trail itself keeps all
PAST_MOST = 200  # events listed as past; more than ten years of the target rhythm
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Choices:
    """What the form offers, as ids and names, and each city's zone by its id."""

    cities: tuple[tuple[int, str], ...]
    groups: tuple[tuple[int, str], ...]
    themes: tuple[tuple[int, str], ...]
    zones: Mapping[int, str]


def training(session: Session, training_id: int) -> TrainingEvent:
    """One event with its cities, groups, host and theme; raises NotFound."""
    found = session.exec(
        select(TrainingEvent)
        .where(TrainingEvent.id == training_id)
        .options(
            joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound("There is no such training event.")
    return found


def trainings_from(session: Session, on: date) -> Sequence[TrainingEvent]:
    """Events on ``on`` or later, next first."""
    return session.exec(
        _list()
        .where(col(TrainingEvent.on_local) >= on)
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.starts_local), col(TrainingEvent.id))
    ).all()


def trainings_before(session: Session, on: date) -> Sequence[TrainingEvent]:
    """Events before ``on``, the latest first."""
    newest = (col(TrainingEvent.on_local).desc(), col(TrainingEvent.id).desc())
    return session.exec(
        _list().where(col(TrainingEvent.on_local) < on).order_by(*newest).limit(PAST_MOST)
    ).all()


def rhythm_dates(session: Session, *, without_id: int | None = None) -> Sequence[date]:
    """The dates that make the rhythm: every event, drafts too, that is neither an idea nor called off."""
    return session.exec(
        select(col(TrainingEvent.on_local))
        .where(
            col(TrainingEvent.cancelled_at).is_(None),
            col(TrainingEvent.postponed_at).is_(None),
            col(TrainingEvent.state) != TrainingState.IDEA,
            col(TrainingEvent.id) != (without_id or 0),
        )
        .order_by(col(TrainingEvent.on_local))
    ).all()


def choices(session: Session, on: date) -> Choices:
    """Cities of the network on ``on`` by name, groups and themes in the order of their keys."""
    cities = [city for city in _cities(session) if city.status_on(on)]
    groups = session.exec(select(ExpertGroup).order_by(col(ExpertGroup.id))).all()
    themes = session.exec(select(Theme).order_by(col(Theme.key))).all()
    return Choices(
        cities=tuple((city.id or 0, city.name) for city in cities),
        groups=tuple((group.id or 0, f"{group.key} {group.name}") for group in groups),
        themes=tuple((theme.id or 0, f"{theme.key} {theme.name}") for theme in themes),
        zones={city.id or 0: city.time_zone for city in cities},
    )


def surroundings(session: Session, draft: TrainingDraft, *, training_id: int | None) -> Surroundings:
    """What a draft is looked at against; ``training_id`` is the event itself once it is saved.

    Raises NonexistentTime for a wall time that is none.
    """
    cities = [city for city in _cities(session) if _concerns(city, draft)]
    invited = draft.city_ids if draft.city_ids or draft.group_ids else frozenset(c.id or 0 for c in cities)
    company = Company(draft.host_city_id, invited, draft.group_ids)
    return Surroundings(
        calendars=[city_calendar(city, draft.on_local) for city in cities],
        others=_others_near(session, draft.on_local, training_id),
        training_dates=rhythm_dates(session, without_id=training_id),
        clashes=clashes(session, [(draft.wall, draft.minutes)], company),
    )


def overrides_of(session: Session, training_id: int) -> Sequence[Override]:
    """Findings set aside for the event, oldest first, each with the person who did it."""
    return session.exec(
        select(Override)
        .where(Override.training_id == training_id)
        .options(joinedload(Override.person))  # type: ignore[arg-type]  # as above
        .order_by(col(Override.id))
    ).all()


def history_of(session: Session, training_id: int) -> Sequence[AuditEntry]:
    """What was done with the event, latest first."""
    return session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == f"training:{training_id}")
        .order_by(col(AuditEntry.id).desc())
        .limit(HISTORY_MOST)
    ).all()


def _list() -> SelectOfScalar[TrainingEvent]:
    return select(TrainingEvent).options(
        joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # as above
        selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )


def _cities(session: Session) -> Sequence[City]:
    return session.exec(
        select(City)
        .options(selectinload(City.memberships), selectinload(City.quiet_periods))  # type: ignore[arg-type]  # as above
        .order_by(col(City.name))
    ).all()


def _concerns(city: City, draft: TrainingDraft) -> bool:
    """Whether the city's clock and holidays count: host and lead cities always, others when invited."""
    status = city.status_on(draft.on_local)
    if city.id == draft.host_city_id or status is MembershipStatus.LEAD or city.id in draft.city_ids:
        return True
    is_for_all = not draft.city_ids and not draft.group_ids
    return is_for_all and status in PLANNED_FOR


def _others_near(session: Session, on: date, training_id: int | None) -> list[NetworkEvent]:
    """Sittings and other events within a week of ``on`` that are not called off."""
    return [*_trainings_near(session, on, training_id), *_sittings_near(session, on)]


def _trainings_near(session: Session, on: date, training_id: int | None) -> list[NetworkEvent]:
    rows = session.exec(
        select(col(TrainingEvent.id), col(TrainingEvent.title), col(TrainingEvent.on_local)).where(
            col(TrainingEvent.on_local).between(on - ONE_WEEK, on + ONE_WEEK),
            col(TrainingEvent.cancelled_at).is_(None),
            col(TrainingEvent.postponed_at).is_(None),
            col(TrainingEvent.id) != (training_id or 0),
        )
    )
    return [NetworkEvent(title, day, f"training:{key}") for key, title, day in rows]


def _sittings_near(session: Session, on: date) -> list[NetworkEvent]:
    rows = session.exec(
        select(col(Cycle.id), col(Cycle.title), col(Sitting.on_local))
        .join(Sitting)
        .where(
            col(Sitting.on_local).between(on - ONE_WEEK, on + ONE_WEEK),
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.postponed_at).is_(None),
        )
        .distinct()
    )
    return [NetworkEvent(title, day, f"cycle:{key}") for key, title, day in rows]


def entry_for(found: TrainingEvent, city: City, audiences: Iterable[Audience], network: str) -> Entry | None:
    """The published event as its page shows it to somebody of ``city``; None when they may not know of it.

    Needs the city's memberships loaded: an event for all members is no business of others.
    """
    if not found.published_at:
        return None
    for audience in audiences:
        if found.marking == Marking.CLEAR or not is_for_all(found) or _is_for_city(found, city, audience):
            entries = entries_of_training(found, audience, network)
            if entries:
                return entries[0]
    return None


def _is_for_city(found: TrainingEvent, city: City, audience: Audience) -> bool:
    """An event that names nobody is for its host and for the members of its day."""
    is_city = audience.city_id is not None
    return is_city and (found.host_city_id == city.id or is_member(city, found.on_local))
