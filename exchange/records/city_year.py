"""A city's year: what it took part in, how many were there, how objectives were met, findings under way.

Its evidence that it trained and exercised. As one reader may know it; figures, and no names of people.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.lesson_things import thing_of_progress
from exchange.answering.attendance.counts import CityCount
from exchange.follow_up.queries import lesson_options
from exchange.models import (
    City,
    Cycle,
    Headway,
    LessonProgress,
    Preparation,
    Rating,
    TrainingEvent,
    TrainingObjective,
)
from exchange.records.held import Held, Window, held
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing


class Share(StrEnum):
    """What the city did in it."""

    LED = "led"
    HOSTED = "hosted"
    TOOK_PART = "took part"


@dataclass(frozen=True)
class TookPart:
    """One exchange or event of the year. ``there`` None: nobody noted who was there, or none of the city.

    ``ratings`` are of its objectives, by models.Rating; "" for one that is not rated.
    """

    about: Cycle | TrainingEvent
    on: date
    share: Share
    is_noted: bool
    there: CityCount | None
    ratings: Counter[str]

    @property
    def is_exchange(self) -> bool:
        """Whether it is an exchange, and no event."""
        return isinstance(self.about, Cycle)


@dataclass(frozen=True)
class CityYear:
    """The record of one city and year; findings are as they stand at the moment of reading."""

    city: City
    year: int
    parts: Sequence[TookPart]
    findings: Sequence[LessonProgress]

    @property
    def exchanges(self) -> int:
        """How many exchanges began in the year."""
        return sum(one.is_exchange for one in self.parts)

    @property
    def events(self) -> int:
        """How many training events."""
        return len(self.parts) - self.exchanges

    @property
    def people(self) -> int:
        """Who was there, once for each meeting they were at."""
        return sum(one.there.people for one in self.parts if one.there)

    @property
    def ratings(self) -> dict[str, int]:
        """How objectives were met, the best rating first and those not rated last."""
        total = sum((one.ratings for one in self.parts), Counter[str]())
        return {key: total[key] for key in (*Rating, "") if total[key]}


SHOWN = (Headway.UNDER_WAY, Headway.IN_PLACE)  # what is done about a finding; other cities are told no more


def city_year(
    session: Session, city: City, year: int, standing: Standing, window: Window, cities: Iterable[City]
) -> CityYear:
    """The record, in a fixed number of statements; ``cities`` come with their memberships."""
    found = [one for one in held(session, window, standing, cities) if city.id in one.city_ids]
    ratings = _ratings(session, [one.about.id or 0 for one in found if isinstance(one.about, TrainingEvent)])
    return CityYear(
        city, year, [_part(one, city, ratings) for one in found], _findings(session, city, standing)
    )


def window_of(year: int, now: datetime, session_key: str) -> Window:
    """What has begun in a year by now."""
    return Window(date(year, 1, 1), date(year, 12, 31), now, session_key)


def _part(one: Held, city: City, ratings: dict[int, Counter[str]]) -> TookPart:
    of_event: Counter[str] = Counter()
    if isinstance(one.about, Cycle):
        share = Share.LED if one.about.lead_city_id == city.id else Share.TOOK_PART
    else:
        share = Share.HOSTED if one.about.host_city_id == city.id else Share.TOOK_PART
        of_event = ratings.get(one.about.id or 0, of_event)
    return TookPart(one.about, one.on, share, bool(one.there), one.there.get(city.id or 0), of_event)


def _ratings(session: Session, training_ids: Sequence[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    for training_id, rating in session.exec(
        select(Preparation.training_id, TrainingObjective.rating)
        .join(TrainingObjective, col(TrainingObjective.preparation_id) == col(Preparation.id))
        .where(col(Preparation.training_id).in_(training_ids))
    ):
        found.setdefault(training_id, Counter())[rating] += 1
    return found


def _findings(session: Session, city: City, standing: Standing) -> list[LessonProgress]:
    found = session.exec(
        select(LessonProgress)
        .where(LessonProgress.city_id == city.id, col(LessonProgress.state).in_(SHOWN))
        .options(joinedload(LessonProgress.lesson).options(*lesson_options()))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(LessonProgress.set_at), col(LessonProgress.id))
    ).unique()
    return [one for one in found if may(standing, Right.READ, thing_of_progress(one.lesson, city.id or 0))]
