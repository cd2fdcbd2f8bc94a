"""Boards and what they govern: money, meetings and decisions, projects, requests, notes, journeys.

Figures stand above the functions that use them; the same rows each time.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from exchange.models import (
    Agreement,
    AgreementParty,
    AgreementPayer,
    BoardDecision,
    BoardMeeting,
    BoardPaper,
    Deliverable,
    DocumentKind,
    Journeys,
    MoneyLine,
    NetworkRequest,
    Note,
    Project,
    RequestState,
    Rotation,
    RotationKind,
    StandingDocument,
    Transport,
)
from exchange.rules.duties.request_rules import RequestKind
from exchange.rules.money.balances import LineKind
from exchange.rules.programme.stage_plan import StagePlan
from tests.bench.full_size.lessons import WORDS
from tests.bench.full_size.people import CITIES, LEAD_CITIES, SPEAKERS
from tests.bench.full_size.programme import EVENTS, MADE, event_on
from tests.bench.full_size.rows import Row, put

PAYING, PAYERS, LINES = 3, 3, 2_000  # lead cities of an agreement, payers of each of them, lines in all
MEETINGS, DECISIONS, PROJECTS, DELIVERABLES = 40, 300, 30, 300
REQUESTS, NOTES, TRAVELLED_TO, DOCUMENTS = 400, 100, 100, 40
COORDINATOR = CITIES * SPEAKERS + 1
AGREED = (date(2023, 4, 1), date(2027, 4, 1))  # first days of two agreements of four years
DAY = timedelta(days=1)


def add_governance(session: Session, _plan: StagePlan, now: datetime) -> None:
    """All of it; what is past was decided, and half of what is due is late."""
    today = now.date()
    _put_money(session, today)
    put(session, BoardMeeting, (_meeting(n, today) for n in range(1, MEETINGS + 1)))
    papers = ((meeting, place) for meeting in range(1, MEETINGS + 1) for place in (1, 2, 3))
    put(session, BoardPaper, (_paper(n, *of) for n, of in enumerate(papers, 1)))
    put(session, BoardDecision, (_decision(n, today) for n in range(1, DECISIONS + 1)))
    put(session, Project, (_project(n) for n in range(1, PROJECTS + 1)))
    put(session, Deliverable, (_deliverable(n, today) for n in range(1, DELIVERABLES + 1)))
    put(session, NetworkRequest, (_request(n, now) for n in range(1, REQUESTS + 1)))
    put(session, Note, (_note(n, now) for n in range(1, NOTES + 1)))
    put(session, StandingDocument, (_document(n, today) for n in range(1, DOCUMENTS + 1)))
    put(session, Journeys, _journeys(today))
    turns = [(year, kind) for year in range(2020, 2029) for kind in RotationKind]
    put(session, Rotation, (_turn(n, *turn) for n, turn in enumerate(turns, 1)))


def _put_money(session: Session, today: date) -> None:
    put(session, Agreement, (_agreement(n, starts_on) for n, starts_on in enumerate(AGREED, 1)))
    shares = (500_000, 250_000, 250_000)
    parties = [(of, city) for of in range(1, len(AGREED) + 1) for city in range(1, PAYING + 1)]
    put(
        session,
        AgreementParty,
        (
            {
                "id": n,
                "agreement_id": of,
                "position": city,
                "city_id": city,
                "year_begins": (4, 1, 10)[city - 1],
            }
            | {"share": shares[city - 1]}
            for n, (of, city) in enumerate(parties, 1)
        ),
    )
    payers = [(party, city, place) for party, (_of, city) in enumerate(parties, 1) for place in (1, 2, 3)]
    put(
        session,
        AgreementPayer,
        (
            {"id": n, "party_id": party, "position": place, "organisation_id": _payer(city, place)}
            | {"share": shares[place - 1]}
            for n, (party, city, place) in enumerate(payers, 1)
        ),
    )
    days = (today - AGREED[0]).days
    put(session, MoneyLine, (_line(n, AGREED[0] + DAY * (n * days // LINES)) for n in range(1, LINES + 1)))


def _payer(city_id: int, place: int) -> int:
    return (city_id - 1) * PAYERS + place


def _agreement(number: int, starts_on: date) -> Row:
    return {
        "id": number,
        "title": f"Agreement from {starts_on.year}",
        "host_organisation_id": 1,
        "host_city_id": 1,
        "board_id": 1,
        "starts_on": starts_on,
        "ends_on": starts_on.replace(year=starts_on.year + 4) - DAY,
        "notice_months": 6,
        "agreed_on": starts_on - DAY,
        "agreed_at": MADE,
        "created_at": MADE,
    }


def _line(number: int, on: date) -> Row:
    city = 1 + number % PAYING
    amount = 1_000_00 + number
    return {
        "kind": list(LineKind)[number % len(LineKind)],
        "on_local": on,
        "text": f"Line {number}: coordination and travel",
        "city_id": city,
        "organisation_id": _payer(city, 1 + number // PAYING % PAYERS),
        "amount": amount,
        "currency": "GBP",
        "host_amount": amount,
        "host_currency": "GBP",
        "created_at": MADE,
    }


def _meeting(number: int, today: date) -> Row:
    return {
        "id": number,
        "board_id": 1,
        "title": f"Meeting {number} of the board",
        "mode": "hybrid",
        "on_local": today + timedelta(days=35 * (number - MEETINGS + 4)),
        "starts_local": time(14),
        "time_zone": "Europe/London",
        "minutes": 120,
        "agenda": WORDS,
        "created_at": MADE,
        "changed_at": MADE,
        "published_at": MADE,
        "uid": f"bench-board-{number}@exchange",
    }


def _paper(number: int, meeting_id: int, position: int) -> Row:
    named = {"label": f"Paper {position}", "url": f"https://files.example.org/{number}"}
    return {"id": number, "meeting_id": meeting_id, "position": position, "marking": "TLP:AMBER"} | named


def _decision(number: int, today: date) -> Row:
    return {
        "id": number,
        "reference": f"B{number}",
        "title": f"Decision {number} of the board",
        "decided_on": today - timedelta(days=4 * number),
        "board_id": 1,
        "meeting_id": 1 + number % (MEETINGS - 4),
        "text": WORDS,
        "marking": ("TLP:AMBER", "TLP:GREEN", "TLP:AMBER+STRICT")[number % 3],
        "created_at": MADE,
    }


def _project(number: int) -> Row:
    return {
        "id": number,
        "name": f"Project {number}",
        "text": WORDS,
        "source": "decision",
        "decision_id": number,
        "lead_city_id": 1 + number % LEAD_CITIES,
        "starts_on": date(2027, 1, 1) + timedelta(days=20 * number),
        "ends_on": date(2030, 12, 31),
        "marking": ("TLP:GREEN", "TLP:AMBER")[number % 2],
        "created_at": MADE,
    }


def _deliverable(number: int, today: date) -> Row:
    is_done = number % 3 == 0
    return {
        "id": number,
        "project_id": 1 + number % PROJECTS,
        "text": f"Deliverable {number}",
        "owner_city_id": 1 + number % LEAD_CITIES,
        "due_on": today + timedelta(days=2 * (number - DELIVERABLES // 2)),
        "done_at": MADE if is_done else None,
        "evidence": "https://files.example.org/done" if is_done else "",
        "created_at": MADE,
    }


def _request(number: int, now: datetime) -> Row:
    made_at = now - timedelta(days=number)
    state = (RequestState.DONE, RequestState.REFUSED, RequestState.DONE, RequestState.OPEN)[number % 4]
    return {
        "id": number,
        "kind": list(RequestKind)[number % len(RequestKind)],
        "state": state,
        "name": f"Reader {number}",
        "email": f"reader-{number}@example.org",
        "words": WORDS,
        "city_id": 1,
        "made_at": made_at,
        "asked_on": made_at.date(),
        "due_on": made_at.date() + timedelta(days=10),
        "remind_on": made_at.date() + timedelta(days=3),
        "token_digest": f"bench-{number}",
        "confirmed_at": made_at,
        "decided_at": None if state is RequestState.OPEN else made_at + timedelta(days=5 + number % 9),
    }


def _note(number: int, now: datetime) -> Row:
    sent_at = now - timedelta(days=7 * number)
    return {
        "id": number,
        "subject": f"Note {number}",
        "text": WORDS,
        "city_ids": list(range(1, CITIES + 1)),
        "author_id": COORDINATOR,
        "created_at": sent_at,
        "sent_at": sent_at,
        "readers": CITIES * SPEAKERS,
    }


def _document(number: int, today: date) -> Row:
    return {
        "id": number,
        "title": f"Document {number}",
        "kind": list(DocumentKind)[number % len(DocumentKind)],
        "link": f"https://files.example.org/documents/{number}",
        "owner_id": COORDINATOR + number % 4,
        "review_on": today + timedelta(days=30 * (number - 10)),
        "created_at": MADE,
    }


def _journeys(today: date) -> Iterator[Row]:
    past = [number for number in range(1, EVENTS + 1) if event_on(number) < today]
    for number in past[-TRAVELLED_TO:]:
        for place, transport in enumerate(Transport):
            yield {
                "training_id": number,
                "city_id": 1 + (number + place) % CITIES,
                "transport": transport,
            } | {"people": 1 + (number * 7 + place) % 9}


def _turn(number: int, year: int, kind: RotationKind) -> Row:
    cost = {"cost": 20_000_00 + number, "currency": "GBP"}
    of = {"year": year, "kind": kind, "city_id": 1 + number % LEAD_CITIES, "state": "delivered"}
    return {"id": number, "created_at": MADE} | of | cost
