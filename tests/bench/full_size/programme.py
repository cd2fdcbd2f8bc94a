"""Four years of cycles with their asks and answers, and of training events."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from sqlmodel import Session

from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    Contribution,
    ContributionVersion,
    Cycle,
    CycleCity,
    CycleGroup,
    Sitting,
    Stage,
    TrainingEvent,
    TrainingKind,
)
from exchange.rules.programme.cycles import session_on, stages_for
from exchange.rules.programme.stage_plan import CycleAsk, StagePlan
from tests.bench.full_size.people import (
    CITIES,
    GROUPS,
    LEAD_CITIES,
    PEOPLE,
    SPEAKERS,
    THEMES,
    city_of,
    group_of,
    is_expert,
)
from tests.bench.full_size.rows import Row, put

CYCLES, EVENTS, ANSWERS = 80, 156, 6_600
FIRST_MONDAY = date(2027, 1, 4)
WEEKS = 4 * 52
CONTRIBUTORS = 11  # cities besides the lead
ANSWERS_OF_A_CYCLE = 160  # of those that were asked so far, until ANSWERS are there
MADE = datetime.fromisoformat("2026-11-22T08:00:00+00:00")
ANSWER = "We drill it twice a year with the police and the hospitals. " * 12
KINDS = [kind.value for kind in TrainingKind]


def add_programme(session: Session, plan: StagePlan, now: datetime) -> None:
    """All of it published; what was asked by ``now`` is asked, and most of it answered."""
    put(session, Cycle, (_cycle(number) for number in _numbers()))
    put(session, CycleCity, ({"cycle_id": n, "city_id": c} for n in _numbers() for c in cities_of(n)[1:]))
    put(session, CycleGroup, ({"cycle_id": n, "group_id": g} for n in _numbers() for g in groups_of(n)))
    stages = count(1)
    put(session, Stage, (row | {"id": next(stages)} for n in _numbers() for row in _stages(n, plan, now)))
    put(session, Sitting, ({"id": n} | _sitting(n, plan) for n in _numbers()))
    put(session, TrainingEvent, (_event(number) for number in range(1, EVENTS + 1)))
    asked = [n for n in _numbers() if starts_on(n) + timedelta(weeks=2) <= now.date()]
    put(session, Ask, (_ask(n, kind) for n in asked for kind in CycleAsk))
    put(session, AskQuestion, (row for n in asked for kind in CycleAsk for row in _questions(n, kind, plan)))
    _put_answers(session, asked)


def starts_on(cycle_id: int) -> date:
    """Mondays, as even as weeks allow over the four years."""
    return FIRST_MONDAY + timedelta(weeks=(cycle_id - 1) * WEEKS // CYCLES)


def cities_of(cycle_id: int) -> list[int]:
    """The lead city, and those that contribute."""
    lead = 1 + cycle_id % LEAD_CITIES
    others = Random(cycle_id).sample([n for n in range(1, CITIES + 1) if n != lead], CONTRIBUTORS)
    return [lead, *sorted(others)]


def groups_of(cycle_id: int) -> list[int]:
    """The two groups that take part."""
    return [1 + cycle_id % GROUPS, 1 + (cycle_id + 7) % GROUPS]


def event_on(number: int) -> date:
    """A Tuesday, Wednesday or Thursday, as even as weeks allow."""
    return FIRST_MONDAY + timedelta(weeks=(number - 1) * WEEKS // EVENTS, days=1 + number % 3)


def readers_of(cycle_id: int) -> list[int]:
    """Who speaks for its cities and who sits in its groups."""
    cities, groups = set(cities_of(cycle_id)), set(groups_of(cycle_id))
    speakers = [n for n in range(1, CITIES * SPEAKERS + 1) if city_of(n) in cities]
    return speakers + [n for n in filter(is_expert, range(1, PEOPLE + 1)) if group_of(n) in groups]


def _numbers() -> range:
    return range(1, CYCLES + 1)


def _cycle(number: int) -> Row:
    return {
        "id": number,
        "theme_id": 1 + number % THEMES,
        "lead_city_id": cities_of(number)[0],
        "title": f"Theme {1 + number % THEMES} of the catalogue",
        "starts_on": starts_on(number),
        "marking": ("TLP:GREEN", "TLP:AMBER", "TLP:CLEAR")[number % 3],
        "created_at": MADE,
        "changed_at": MADE,
        "published_at": MADE,
    }


def _stages(number: int, plan: StagePlan, now: datetime) -> Iterator[Row]:
    dates = stages_for(plan, starts_on(number), duration_weeks=plan.duration_weeks)
    for position, stage in enumerate(dates, start=1):
        yield {
            "cycle_id": number,
            "key": stage.key,
            "name": stage.name,
            "owner": stage.owner,
            "position": position,
            "starts_on": stage.starts_on,
            "ends_on": stage.ends_on,
            "done_at": now if stage.ends_on < now.date() - timedelta(weeks=3) else None,
            "uid": f"bench-stage-{number}-{position}@exchange",
            "changed_at": MADE,
        }


def _sitting(number: int, plan: StagePlan) -> Row:
    dates = stages_for(plan, starts_on(number), duration_weeks=plan.duration_weeks)
    return {
        "cycle_id": number,
        "meeting": "session",
        "number": 1,
        "on_local": session_on(plan, dates),
        "starts_local": time(14),
        "time_zone": "Europe/London",
        "minutes": 90,
        "uid": f"bench-sitting-{number}@exchange",
        "changed_at": MADE,
    }


def _event(number: int) -> Row:
    return {
        "id": number,
        "kind": KINDS[number % len(KINDS)],
        "title": f"Event {number}: what a city does in its first hours",
        "description": "Whom it calls, and what it tells the public.",
        "theme_id": 1 + number % THEMES,
        "host_city_id": 1 + number % LEAD_CITIES,
        "mode": "hybrid",
        "on_local": event_on(number),
        "starts_local": time(10 + number % 5),
        "time_zone": "Europe/London",
        "minutes": 120,
        "place": "Town hall, room 3",
        "marking": ("TLP:GREEN", "TLP:CLEAR")[number % 2],
        "state": "confirmed",
        "created_at": MADE,
        "changed_at": MADE,
        "published_at": MADE,
        "uid": f"bench-event-{number}@exchange",
    }


def _ask_id(cycle_id: int, kind: CycleAsk) -> int:
    return 2 * cycle_id - (kind is CycleAsk.CITIES)


def _ask(cycle_id: int, kind: CycleAsk) -> Row:
    made = {"created_at": MADE, "changed_at": MADE}
    return {"id": _ask_id(cycle_id, kind), "cycle_id": cycle_id, "template": kind.template} | made


def _questions(cycle_id: int, kind: CycleAsk, plan: StagePlan) -> Iterator[Row]:
    ask_id = _ask_id(cycle_id, kind)
    for position, asked in enumerate(plan.ask(kind).questions, 1):
        yield {"id": ask_id * 10 + position, "ask_id": ask_id, "position": position, "text": asked}


def _put_answers(session: Session, cycle_ids: list[int]) -> None:
    """Who was asked, and what they answered: all cities, and of the groups the first that were asked."""
    parties, addressees, answers = [], [], []
    for cycle_id in cycle_ids:
        of_cycle = len(answers)
        for party in _parties(cycle_id, len(parties)):
            parties.append(party)
            people = _people_of(party)
            asked_at = datetime.combine(starts_on(cycle_id) + timedelta(weeks=2), time(9), MADE.tzinfo)
            for person_id in people:
                addressees.append(_addressee(len(addressees) + 1, party, person_id, asked_at))
                is_first_of_city = party["city_id"] is not None and person_id == people[0]
                is_wanted = len(answers) < ANSWERS and len(answers) - of_cycle < ANSWERS_OF_A_CYCLE
                if is_wanted and (is_first_of_city or party["group_id"] is not None):
                    answers.append(_answer(len(answers) + 1, party, addressees[-1]))
    put(session, AskParty, parties)
    put(session, AskAddressee, addressees)
    put(session, Contribution, answers)
    put(session, ContributionVersion, map(_version, answers))


def _parties(cycle_id: int, before: int) -> Iterator[dict[str, object]]:
    ids = count(before + 1)
    for kind in CycleAsk:
        bodies = cities_of(cycle_id) if kind is CycleAsk.CITIES else groups_of(cycle_id)
        for body in bodies:
            city, group = (body, None) if kind is CycleAsk.CITIES else (None, body)
            yield {
                "id": next(ids),
                "ask_id": _ask_id(cycle_id, kind),
                "city_id": city,
                "group_id": group,
            }


def _people_of(party: Row) -> list[int]:
    if party["city_id"] is not None:
        return [n for n in range(1, CITIES * SPEAKERS + 1) if city_of(n) == party["city_id"]]
    return [n for n in filter(is_expert, range(1, PEOPLE + 1)) if group_of(n) == party["group_id"]]


def _addressee(number: int, party: Row, person_id: int, asked_at: datetime) -> dict[str, object]:
    who = {"person_id": person_id, "holder_id": person_id, "asked_at": asked_at}
    return {"id": number, "party_id": party["id"]} | who


def _answer(number: int, party: Row, addressee: Row) -> dict[str, object]:
    at = addressee["asked_at"]
    return {
        "id": number,
        "party_id": party["id"],
        "addressee_id": addressee["id"] if party["group_id"] is not None else None,
        "author_id": addressee["person_id"],
        "marking": "TLP:GREEN",
        "answers": {str(int(str(party["ask_id"])) * 10 + position): ANSWER for position in (1, 2, 3)},
        "created_at": at,
        "changed_at": at,
        "submitted_at": at,
    }


def _version(answer: Row) -> Row:
    return {
        "id": answer["id"],
        "contribution_id": answer["id"],
        "number": 1,
        "person_id": answer["author_id"],
        "submitted_at": answer["submitted_at"],
        "marking": answer["marking"],
        "answers": answer["answers"],
    }
