"""Training events as pages and actions need them. Reads only; loads what the template shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.conditions import readable_trainings
from exchange.access.things import thing_of_training
from exchange.busy_times import Company, clashes
from exchange.city_calendars import PLANNED_FOR, city_calendar
from exchange.errors import NotFound
from exchange.feeds.content.entries import Audience, Entry
from exchange.feeds.content.redaction import entries_of_training
from exchange.models import (
    NOT_TRAINING,
    City,
    ExpertGroup,
    MembershipStatus,
    Organisation,
    Theme,
    TrainingEvent,
    TrainingState,
)
from exchange.nearby_meetings import network_events
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.observances import Observance
from exchange.trainings.drafts import TrainingDraft
from exchange.trainings.preview import Surroundings
from exchange.web.presentation.paging import Paged, holds_words, page_of_query


@dataclass(frozen=True)
class Choices:
    """What the form offers, as ids and names, and each city's zone by its id."""

    cities: tuple[tuple[int, str], ...]
    groups: tuple[tuple[int, str], ...]
    themes: tuple[tuple[int, str], ...]
    zones: Mapping[int, str]
    organisations: tuple[tuple[int, str], ...] = ()


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


def trainings_found(
    session: Session, on: date, standing: Standing, *, search: str, number: int
) -> Paged[TrainingEvent]:
    """A page of the events that ``standing`` may know of: from ``on`` the next first, then the latest past.

    Of those where each word of ``search`` stands in the title or the host's name.
    """
    is_past, day = col(TrainingEvent.on_local) < on, col(TrainingEvent.on_local)
    host = select(City.name).where(col(City.id) == col(TrainingEvent.host_city_id)).scalar_subquery()
    found = page_of_query(
        session,
        select(TrainingEvent)
        .where(readable_trainings(standing), *holds_words(search, col(TrainingEvent.title), host))
        .order_by(
            is_past,
            case((~is_past, day)),
            case((~is_past, col(TrainingEvent.starts_local))),
            case((is_past, day)).desc(),
            case((is_past, col(TrainingEvent.id))).desc(),
            col(TrainingEvent.id),
        ),
        number,
        joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # as above
        selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )
    known = [one for one in found.rows if may(standing, Right.READ, thing_of_training(one))]
    return Paged(known, found.found, found.number)


def rhythm_dates(session: Session, *, without_id: int | None = None) -> Sequence[date]:
    """The dates that make the rhythm: every event, drafts too, that is neither an idea nor called off.

    Meetings of boards and planners are no training. What is TLP:RED is left out, because not all who plan
    may know of it.
    """
    return session.exec(
        select(col(TrainingEvent.on_local))
        .where(
            col(TrainingEvent.cancelled_at).is_(None),
            col(TrainingEvent.postponed_at).is_(None),
            col(TrainingEvent.state) != TrainingState.IDEA,
            col(TrainingEvent.kind).not_in(NOT_TRAINING),
            col(TrainingEvent.marking) != Marking.RED,
            col(TrainingEvent.id) != (without_id or 0),
        )
        .order_by(col(TrainingEvent.on_local))
    ).all()


def choices(session: Session, on: date) -> Choices:
    """Cities of the network on ``on`` by name, groups and themes in the order of their keys."""
    cities = [city for city in _cities(session) if city.status_on(on)]
    groups = session.exec(select(ExpertGroup).order_by(col(ExpertGroup.id))).all()
    themes = session.exec(select(Theme).order_by(col(Theme.key))).all()
    ends_on = col(Organisation.ends_on)
    works = select(Organisation).where(ends_on.is_(None) | (ends_on >= on))
    partners = session.exec(works.order_by(col(Organisation.name))).all()
    return Choices(
        cities=tuple((city.id or 0, city.name) for city in cities),
        groups=tuple((group.id or 0, f"{group.key} {group.name}") for group in groups),
        themes=tuple((theme.id or 0, f"{theme.key} {theme.name}") for theme in themes),
        zones={city.id or 0: city.time_zone for city in cities},
        organisations=tuple((one.id or 0, one.name) for one in partners),
    )


def surroundings(
    session: Session,
    draft: TrainingDraft,
    *,
    training_id: int | None,
    observances: Sequence[Observance] = (),
) -> Surroundings:
    """What a draft is looked at against; ``training_id`` is the event itself once it is saved.

    ``observances`` only inform and warn: who asks for blocks leaves them out. Raises NonexistentTime for a
    wall time that is none.
    """
    cities = [city for city in _cities(session) if _concerns(city, draft)]
    invited = draft.city_ids if draft.city_ids or draft.group_ids else frozenset(c.id or 0 for c in cities)
    company = Company(draft.host_city_id, invited, draft.group_ids)
    return Surroundings(
        calendars=[city_calendar(city, draft.on_local) for city in cities],
        others=network_events(session, [draft.on_local], training_id=training_id),
        training_dates=rhythm_dates(session, without_id=training_id),
        clashes=clashes(session, [(draft.wall, draft.minutes)], company),
        observances=observances,
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


def entry_for(found: TrainingEvent, audience: Audience, network: str) -> Entry | None:
    """The published event as its page shows it to a reader; None when they may not know of it."""
    if found.published_at is None:
        return None
    return next(iter(entries_of_training(found, audience, network)), None)
