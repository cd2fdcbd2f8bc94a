"""What the planner says, for one reader: hours on the reader's wall, stages and limits in words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from exchange.models import PlanRequest
from exchange.planning.presentation.planner_sentences import for_reader, limits_of, progress_of
from exchange.rules.sentences import Sentence

TEMPLATE = "The next best day is %(on)s, %(at)s."


@pytest.fixture(autouse=True)
def words(paper_app: Flask) -> Iterator[None]:
    with paper_app.test_request_context():
        yield


def told(instants: str, zone: str, place: str) -> str:
    values = {"on": date(2027, 1, 1), "at": "00:00 elsewhere", "instants": instants}
    return for_reader(Sentence(TEMPLATE, values), zone, place).text


@pytest.mark.parametrize(
    ("instants", "zone", "said"),
    [
        ("2027-03-15T13:30:00Z", "America/New_York", "Mon 15 Mar 2027, 09:30 in Here"),
        ("2027-03-08T13:30:00Z", "America/New_York", "Mon 8 Mar 2027, 08:30 in Here"),
        ("2027-11-01T13:30:00Z", "Europe/London", "Mon 1 Nov 2027, 13:30 in Here"),
        ("2027-10-29T13:30:00Z", "Europe/London", "Fri 29 Oct 2027, 14:30 in Here"),
        ("2027-04-02T14:00:00Z", "Australia/Sydney", "Sat 3 Apr 2027, 01:00 in Here"),
        ("2027-04-05T20:00:00Z", "Pacific/Auckland", "Tue 6 Apr 2027, 08:00 in Here"),
        (
            "2027-04-05T08:00:00Z 2027-04-05T22:00:00Z",
            "Australia/Sydney",
            "Mon 5 Apr 2027, 18:00, Tue 6 Apr 2027 08:00 in Here",
        ),
    ],
)
def test_a_day_and_hour_are_told_on_the_readers_wall(instants: str, zone: str, said: str) -> None:
    assert told(instants, zone, "Here") == f"The next best day is {said}."


def test_a_sentence_without_an_hour_is_left_as_it_is() -> None:
    for said in (Sentence("It is held: pinned or published."), Sentence("%(on)s.", {"on": date(2027, 3, 1)})):
        assert for_reader(said, "Europe/Paris", "Paris") is said


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("", []),
        ("seconds", ["The time that was given was up."]),
        ("stopped at worst, stopped", ["Somebody stopped it."]),
        (
            "nodes at core, seconds",
            [
                "Points of all cities together: not proven to the end, as the search has a limit there.",
                "The time that was given was up.",
            ],
        ),
        (
            "nearby plans only at weekdays",
            ["Entries off the preferred weekdays: compared among plans with the same burdens only."],
        ),
        ("something new", ["something new"]),
    ],
)
def test_limits_are_said_in_sentences(limit: str, said: list[str]) -> None:
    assert limits_of(limit) == said


@pytest.mark.parametrize(
    "stage", ["", "first plan", "worst", "settled worst", "core", "settled total", "trade"]
)
def test_every_stage_of_a_search_is_said_in_words(stage: str) -> None:
    progress = progress_of(asked(stage))
    assert progress.stage
    assert stage == "" or progress.stage != stage
    assert "settled" not in progress.stage
    assert (progress.best is None) == (stage == "core")  # what bounds the total is no plan


def asked(stage: str) -> PlanRequest:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return PlanRequest(
        asked_at=at,
        wishes={},
        problem={},
        start_on=at.date(),
        weeks=26,
        seconds_most=60,
        stage=stage,
        best=430,
        bound=412,
    )
