"""The list, a cycle's page, the page before publication, and who may see what."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.cycles import actions, queries
from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds
from exchange.models import Cycle
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.cycles.conftest import NOW, Net, SignIn, opened
from tests.cycles.test_stories import words
from tests.factories import make_cycle, make_training, stage_plan
from tests.hand_clock import HandClock
from tests.statements import statements_for

PLAN = stage_plan()


def saved(database: Database, net: Net, *, publish: bool = True, **fields: object) -> int:
    with database.transaction() as session:
        cycle = opened(session, net, **fields)  # type: ignore[arg-type]  # a test's own keywords
        if publish:
            actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
        return cycle.id or 0


def version_of(database: Database, cycle_id: int) -> int:
    with Session(database.engine) as session:
        return session.get_one(Cycle, cycle_id).version


def test_list_shows_stage_state_and_next_deadline(
    coordinator: FlaskClient, database: Database, net: Net, clock: HandClock
) -> None:
    cycle_id = saved(database, net)
    saved(database, net, publish=False, starts_on=date(2028, 1, 10))
    clock.advance(days=65)  # Wed 27 Jan 2027, week 3
    page = words(coordinator.get("/cycles").text)
    assert page.index("2028") < page.index("Mon 11 Jan – Sun 7 Mar 2027")
    assert "Published Gather 3 stages overdue Fri 29 Jan 2027 Gather" in page
    assert "Draft Not begun" in page
    assert f"/cycles/{cycle_id}" in coordinator.get("/cycles").text


@pytest.mark.parametrize("path", ["/cycles"])
def test_list_takes_as_many_statements_for_thirty_cycles_as_for_one(
    coordinator: FlaskClient, database: Database, net: Net, path: str
) -> None:
    with database.transaction() as session:
        make_cycle(session, lead_city=net.cities["London"])
    one = statements_for(coordinator, path)
    with database.transaction() as session:
        for number in range(29):
            make_cycle(
                session,
                lead_city=net.cities["Stockholm"],
                cities=[net.cities["Sydney"]],
                groups=[net.group],
                starts_on=date(2027, 1, 11) + timedelta(weeks=number),
            )
    assert statements_for(coordinator, path) == one


def test_cycle_page_tells_states_and_history(
    coordinator: FlaskClient, database: Database, net: Net, clock: HandClock
) -> None:
    cycle_id = saved(database, net)
    clock.advance(days=65)
    answer = coordinator.post(f"/cycles/{cycle_id}/stages/launch/done")
    assert answer.status_code == 303
    page = coordinator.get(f"/cycles/{cycle_id}").text
    read = words(page)
    assert "Launch Coordinator Mon 11 Jan – Sun 17 Jan 2027 W02 Fri 15 Jan Done" in read
    assert "Scope Expert lead Mon 18 Jan – Sun 24 Jan 2027 W03 Fri 22 Jan Overdue" in read
    assert "Gather City contacts Mon 25 Jan – Sun 31 Jan 2027 W04 Fri 29 Jan Now" in read
    assert "Cora Coordinator marked a stage done" in read
    assert "Cora Coordinator published" in read
    assert page.count("<rect") == 9  # the stages up to the end; the follow-ups stand in the list
    assert "style=" not in page


def test_mark_done_is_undone_by_a_button(coordinator: FlaskClient, database: Database, net: Net) -> None:
    cycle_id = saved(database, net, publish=False)
    coordinator.post(f"/cycles/{cycle_id}/stages/prepare/done")
    assert coordinator.post(f"/cycles/{cycle_id}/stages/prepare/done").status_code == 409
    assert coordinator.post(f"/cycles/{cycle_id}/stages/prepare/reopen").status_code == 303
    assert coordinator.post(f"/cycles/{cycle_id}/stages/nothing/done").status_code == 404


def test_publish_page_says_what_happens_and_post_does_it(
    coordinator: FlaskClient, database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        ensure_feeds(session, settings, NOW)
    cycle_id = saved(database, net, publish=False)
    page = coordinator.get(f"/cycles/{cycle_id}/publish").text
    read = words(page)
    assert "Stockholm title and times" in read
    assert "London title and times" in read
    assert "Sydney title" not in read
    assert "Public programme" not in read
    assert re.search(r"Launch E1 · \d+ letters?, from Mon 11 Jan 2027", read)
    assert "Edda Expert Mon 11 Jan 2027, 09:00 in London" in read
    answer = coordinator.post(f"/cycles/{cycle_id}/publish", data={"version": "1"})
    assert answer.status_code == 303
    assert coordinator.post(f"/cycles/{cycle_id}/publish", data={"version": "2"}).status_code == 409


def test_block_that_came_later_is_set_aside_on_the_publish_page(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """A holiday entered after the draft was saved stops it; no date has to change to give the reason."""
    with database.transaction() as session:
        cycle = make_cycle(
            session, lead_city=net.cities["Stockholm"], starts_on=date(2027, 5, 3), is_published=False
        )
        cycle.sittings[0].on_local = date(2027, 5, 6)
    page = coordinator.get(f"/cycles/{cycle.id}/publish").text
    assert "Ascension Day" in page
    assert "Publish now" not in page
    assert coordinator.post(f"/cycles/{cycle.id}/publish", data={"version": "1"}).status_code == 400
    address = f"/cycles/{cycle.id}/set-aside"
    assert coordinator.post(address, data={"version": "1", "reason": ""}).status_code == 400
    assert coordinator.post(address, data={"version": "1", "reason": "All agreed."}).status_code == 303
    assert "Publish now" in coordinator.get(f"/cycles/{cycle.id}/publish").text
    assert coordinator.post(f"/cycles/{cycle.id}/publish", data={"version": "2"}).status_code == 303
    assert "set blocks aside" in coordinator.get(f"/cycles/{cycle.id}").text


def test_publish_page_says_which_letters_are_past(
    coordinator: FlaskClient, database: Database, net: Net, clock: HandClock
) -> None:
    cycle_id = saved(database, net, publish=False)
    clock.advance(days=77)  # Mon 8 Feb 2027, the week of the session
    read = words(coordinator.get(f"/cycles/{cycle_id}/publish").text)
    assert "more will not be sent" in read


def test_publish_of_an_older_version_is_refused(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    cycle_id = saved(database, net, publish=False)
    coordinator.post(f"/cycles/{cycle_id}/stages/prepare/done")
    answer = coordinator.post(f"/cycles/{cycle_id}/publish", data={"version": "1"})
    assert answer.status_code == 409
    assert "changed by somebody else" in answer.text


def test_stale_form_keeps_what_was_typed(coordinator: FlaskClient, database: Database, net: Net) -> None:
    cycle_id = saved(database, net)
    sent = {"version": "1", "starts_on": "2027-03-15", "reason": "A careful reason"}
    answer = coordinator.post(f"/cycles/{cycle_id}/move-start", data=sent)
    assert answer.status_code == 409
    assert "changed by somebody else" in answer.text
    assert "A careful reason" in answer.text
    assert 'value="2027-03-15"' in answer.text


def test_start_stage_and_sitting_move_through_their_forms(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    cycle_id = saved(database, net)
    with Session(database.engine) as session:
        cycle = queries.cycle_to_plan(session, cycle_id)
        sitting_id = next(s.id for s in cycle.sittings if s.meeting == "session")
    for path, sent in (
        ("move-start", {"starts_on": "2027-01-18"}),
        ("stages/draft/move", {"starts_on": "2027-03-01"}),
        (
            f"sittings/{sitting_id}/move",
            {"on": "2027-02-17", "at": "16:00", "time_zone": "Europe/Stockholm", "minutes": "60"},
        ),
    ):
        address = f"/cycles/{cycle_id}/{path}"
        assert coordinator.get(address).status_code == 200
        version = str(version_of(database, cycle_id))
        answer = coordinator.post(address, data=sent | {"version": version, "reason": ""})
        assert answer.status_code == 303, answer.text
    read = words(coordinator.get(f"/cycles/{cycle_id}").text)
    assert "Live session: Wednesday 17 February 2027" in read
    assert "Stockholm (host) 16:00–17:00" in read
    assert "Draft Expert lead Mon 1 Mar – Sun 7 Mar 2027" in read


def test_moving_a_sitting_into_the_gap_offers_both_neighbours(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    cycle_id = saved(database, net, starts_on=date(2027, 3, 8))
    with Session(database.engine) as session:
        cycle = queries.cycle_to_plan(session, cycle_id)
        sitting_id = next(s.id for s in cycle.sittings if s.meeting == "session")
    sent = {
        "version": "2",
        "on": "2027-03-28",
        "at": "02:30",
        "time_zone": "Europe/Stockholm",
        "minutes": "60",
    }
    address = f"/cycles/{cycle_id}/sittings/{sitting_id}/move"
    answer = coordinator.post(address, data=sent)
    assert answer.status_code == 400
    assert 'value="at 2027-03-28T01:30"' in answer.text
    taken = coordinator.post(address, data=sent | {"use": "at 2027-03-28T03:30"})
    assert taken.status_code == 200
    assert 'value="03:30"' in taken.text


def test_cancel_and_postpone_ask_for_a_reason_and_show_it(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    cycle_id = saved(database, net)
    address = f"/cycles/{cycle_id}"
    assert coordinator.post(f"{address}/postpone", data={"version": "2", "reason": " "}).status_code == 400
    assert (
        coordinator.post(f"{address}/postpone", data={"version": "2", "reason": "Flood"}).status_code == 303
    )
    assert "Reason: Flood" in words(coordinator.get(address).text)
    resumed = {"version": "3", "starts_on": "2027-03-08", "reason": ""}
    assert coordinator.post(f"{address}/move-start", data=resumed).status_code == 303
    assert (
        coordinator.post(f"{address}/cancel", data={"version": "4", "reason": "No host"}).status_code == 303
    )
    read = words(coordinator.get(address).text)
    assert "Cancelled" in read
    assert "Reason: No host" in read


def test_edit_changes_title_and_asks_a_reason_to_lower_the_marking(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    cycle_id = saved(database, net)
    sent = {
        "version": "2",
        "theme_id": net.other_theme.id,
        "title": "What we say first",
        "lead_city_id": net.cities["Stockholm"].id,
        "cities": [net.cities["Sydney"].id],
        "groups": [],
        "marking": "TLP:CLEAR",
        "reason": "",
    }
    address = f"/cycles/{cycle_id}/edit"
    answer = coordinator.post(address, data=sent)
    assert answer.status_code == 400
    assert "who agreed to it" in answer.text
    assert coordinator.post(address, data=sent | {"reason": "Edda agreed."}).status_code == 303
    read = words(coordinator.get(f"/cycles/{cycle_id}").text)
    assert "What we say first" in read
    assert "TLP:CLEAR" in read


def test_draft_is_seen_by_nobody_else(database: Database, net: Net, sign_in: SignIn) -> None:
    cycle_id = saved(database, net, publish=False, city_ids=frozenset({net.cities["Sydney"].id}))
    browser = sign_in(net.contact)
    assert browser.get(f"/cycles/{cycle_id}").status_code == 404
    assert net.theme.name not in browser.get("/cycles").text


@pytest.mark.parametrize(
    ("marking", "invited", "uninvited"),
    [
        (Marking.CLEAR, 200, 200),
        (Marking.GREEN, 200, 404),
        (Marking.AMBER, 200, 404),
        (Marking.AMBER_STRICT, 200, 404),
        (Marking.RED, 404, 404),
    ],
)
def test_marking_decides_who_sees_a_published_cycle(
    database: Database, net: Net, sign_in: SignIn, marking: Marking, invited: int, uninvited: int
) -> None:
    cycle_id = saved(database, net, marking=marking)
    expert, stranger = sign_in(net.expert), sign_in(net.contact)
    for browser, status in ((expert, invited), (stranger, uninvited)):
        page = browser.get(f"/cycles/{cycle_id}")
        assert page.status_code == status
        is_listed = net.theme.name in browser.get("/cycles").text
        assert is_listed is (status == 200)
        if status == 404:
            assert net.theme.name not in page.text
        else:
            assert "History" not in page.text
            assert "What speaks against its dates" not in page.text
            assert "Mark done" not in page.text


def test_people_who_do_not_plan_change_nothing(database: Database, net: Net, sign_in: SignIn) -> None:
    cycle_id = saved(database, net)
    browser = sign_in(net.expert)
    for path in ("edit", "publish", "move-start", "cancel", "postpone", "stages/draft/move"):
        assert browser.get(f"/cycles/{cycle_id}/{path}").status_code == 403
    assert browser.post(f"/cycles/{cycle_id}/stages/draft/done").status_code == 403


def test_other_events_of_the_week_are_noted_drafts_too(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    cycle_id = saved(database, net)
    with database.transaction() as session:
        make_training(
            session,
            host_city=net.cities["London"],
            title="Table-top nearby",
            on_local=date(2027, 2, 9),
            is_published=False,
        )
    read = words(coordinator.get(f"/cycles/{cycle_id}").text)
    assert "Note Table-top nearby is in the same week, on Tue 9 Feb 2027." in read
