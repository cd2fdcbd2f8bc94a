"""The acceptance stories about cycles, over the real forms and pages.

Story 5 speaks of an exercise; here it is a cycle's sitting on the same day, found by the same rule.
"""

import re
from datetime import date, time

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.city_calendars import calendars_of
from exchange.cycles import actions
from exchange.cycles.preview import preview
from exchange.db import Database
from exchange.models import Cycle
from exchange.rules.findings.finding_types import Severity
from exchange.rules.programme.cycles import next_start, strict_starts
from tests.cycles.conftest import NOW, Net, SignIn, a_draft, opened, typed
from tests.factories import stage_plan

PLAN = stage_plan()


def words(page: str) -> str:
    """A page as it is read: tags gone, spaces single."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def previewed(coordinator: FlaskClient, net: Net, **fields: object) -> str:
    answer = coordinator.post("/cycles/new", data=typed(net, preview="1", **fields))
    assert answer.status_code == 200
    return words(answer.text)


def test_story_01_eight_weeks_from_11_january_end_on_7_march(coordinator: FlaskClient, net: Net) -> None:
    page = previewed(coordinator, net, starts_on="2027-01-11", duration_weeks="8")
    assert "Preview: Mon 11 Jan 2027 to Sun 7 Mar 2027" in page
    saved = coordinator.post("/cycles/new", data=typed(net, save="1"))
    assert saved.status_code == 303
    assert 'value="2027-03-08"' in coordinator.get("/cycles/new").text  # the next may start there
    assert next_start(date(2027, 1, 11), PLAN.cadence_weeks) == date(2027, 3, 8)


@pytest.mark.parametrize(
    ("start", "period", "offered"),
    [
        ("2027-06-28", "Quiet period Summer from Mon 12 Jul 2027 to Sun 8 Aug 2027: Stockholm", "9 Aug 2027"),
        ("2027-12-13", "Quiet period Christmas from Mon 20 Dec 2027 to Thu 6 Jan 2028", "10 Jan 2028"),
    ],
)
def test_story_02_strict_cadence_is_flagged_and_a_clean_start_offered(
    coordinator: FlaskClient, net: Net, start: str, period: str, offered: str
) -> None:
    strict = strict_starts(date(2027, 1, 11), PLAN.cadence_weeks, date(2027, 12, 31))
    assert date.fromisoformat(start) in strict
    page = previewed(coordinator, net, starts_on=start)
    assert period in page
    assert f"Start on Mon {offered}" in page


def test_story_02_clean_starts_are_not_flagged(database: Database, net: Net) -> None:
    with database.reading() as session:
        for start in (date(2027, 1, 11), date(2027, 3, 8), date(2027, 5, 3), date(2027, 8, 9)):
            shown = preview(session, a_draft(net, start), plan=PLAN, own_zone="Europe/Stockholm")
            assert shown.clean_start is None


def test_story_03_five_hour_week_shows_on_the_cycle(coordinator: FlaskClient, net: Net) -> None:
    saved = coordinator.post("/cycles/new", data=typed(net, starts_on="2027-10-04", save="1"))
    page = words(coordinator.get(saved.headers["Location"]).text)
    session = page.split("Live session: Thursday 4 November 2027")[1]
    assert "Stockholm (host) 15:00–16:30" in session
    assert "London 14:00–15:30" in session
    assert "Washington DC 10:00–11:30" in session
    assert "5-hour week: Stockholm 5 hours ahead of Washington DC, usually 6." in session


def test_story_04_the_same_hour_in_april(coordinator: FlaskClient, net: Net) -> None:
    session = previewed(coordinator, net, starts_on="2027-03-08").split("Thursday 8 April 2027")[1]
    assert "Washington DC 09:00–10:30" in session
    assert "Sydney 23:00–00:30" in session
    assert "At night" in session
    assert "hour week" not in session


def test_story_05_midsummer_eve_blocks_until_there_is_a_reason(coordinator: FlaskClient, net: Net) -> None:
    on_the_eve = typed(net, starts_on="2027-05-03", session_on="2027-06-25", save="1")
    refused = coordinator.post("/cycles/new", data=on_the_eve)
    assert refused.status_code == 400
    assert "Fri 25 Jun 2027 is Midsummer Eve in Stockholm." in words(refused.text)
    assert coordinator.post("/cycles/new", data=on_the_eve | {"reason": "Agreed."}).status_code == 303


def test_story_06_squeeze_day_warns_and_does_not_block(coordinator: FlaskClient, net: Net) -> None:
    on_the_day = typed(net, starts_on="2027-05-03", session_on="2027-05-07")
    page = words(coordinator.post("/cycles/new", data=on_the_day | {"preview": "1"}).text)
    assert "Warning Fri 7 May 2027 is a squeeze day in Stockholm" in page
    assert coordinator.post("/cycles/new", data=on_the_day | {"save": "1"}).status_code == 303


def test_story_07_new_years_eve_is_named_for_each_city(database: Database, net: Net) -> None:
    draft = a_draft(net, date(2027, 11, 29), session_on=date(2027, 12, 31))
    with database.reading() as session:
        shown = preview(session, draft, plan=PLAN, own_zone="Europe/Stockholm")
    blocks = {f.text for f in shown.findings if f.severity is Severity.BLOCK}
    assert "Fri 31 Dec 2027 is New Year's Eve in Stockholm." in blocks
    assert "Fri 31 Dec 2027 is New Year's Day (observed) in Washington DC." in blocks


def test_story_08_a_session_on_the_eve_of_yom_kippur_is_warned_before_and_after_it_is_saved(
    coordinator: FlaskClient, net: Net
) -> None:
    evening = typed(net, starts_on="2027-09-13", session_on="2027-10-10", at="19:00")
    page = words(coordinator.post("/cycles/new", data=evening | {"preview": "1"}).text)
    assert "Warning Yom Kippur begins this evening, Sun 10 Oct 2027." in page
    saved = coordinator.post("/cycles/new", data=evening | {"save": "1"})
    assert "Yom Kippur begins this evening" in words(coordinator.get(saved.headers["Location"]).text)


def test_story_15_times_are_the_readers_own_first(database: Database, net: Net, sign_in: SignIn) -> None:
    with database.transaction() as session:
        cycle = opened(session, net, city_ids=frozenset({net.cities["Sydney"].id}))
        actions.publish_cycle(session, cycle, plan=PLAN, actor=None, now=NOW)
    page = sign_in(net.contact).get(f"/cycles/{cycle.id}").text
    read = words(page)
    clocks = read.split("Live session: Thursday 11 February 2027")[1]
    assert clocks.index("Sydney 01:00–02:30 Fri 12 Feb") < clocks.index("Stockholm (host) 15:00–16:30")
    assert "Times in Sydney time, Australia/Sydney" in read
    assert "W06" in read
    assert not re.search(r"\b\d{1,2}(:\d\d)? ?[ap]\.?m\b", read, re.IGNORECASE)


def test_clock_of_the_live_session_never_moves_with_zone_rules(database: Database, net: Net) -> None:
    """What is stored is the wall time and the zone, for each sitting."""
    with database.transaction() as session:
        cycle_id = opened(session, net, date(2027, 10, 4)).id
    with Session(database.engine) as session:
        [sitting] = [s for s in session.get_one(Cycle, cycle_id).sittings if s.meeting == "session"]
        kept = (sitting.on_local, sitting.starts_local, sitting.time_zone)
        assert kept == (date(2027, 11, 4), time(14), "Europe/London")
        assert len(calendars_of(session, date(2027, 10, 4))) == 5
