"""The form of a new cycle, sent as a browser without JavaScript sends it."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.models import Cycle, Override
from tests.cycles.conftest import Net, SignIn, typed


def cycles_in(database: Database) -> list[Cycle]:
    with Session(database.engine) as session:
        return list(session.exec(select(Cycle)))


def test_empty_list_says_what_to_do_next(coordinator: FlaskClient) -> None:
    page = coordinator.get("/cycles").text
    assert "No cycle is planned yet" in page
    assert 'href="/cycles/new"' in page


def test_form_offers_defaults_of_the_plan(coordinator: FlaskClient) -> None:
    page = coordinator.get("/cycles/new").text
    assert 'value="TLP:AMBER+STRICT"' in page
    assert page.count('name="stage_weeks-') == 8
    # Three weeks to prepare would end on 14 December; the first start after Christmas is offered instead.
    assert 'value="2027-01-11"' in page


def test_form_takes_a_start_from_the_link(coordinator: FlaskClient) -> None:
    assert 'value="2027-05-03"' in coordinator.get("/cycles/new?starts_on=2027-05-03").text


def test_preview_saves_nothing_and_shows_dates_clocks_and_findings(
    coordinator: FlaskClient, net: Net, database: Database
) -> None:
    answer = coordinator.post("/cycles/new", data=typed(net, starts_on="2027-10-04", preview="1"))
    assert answer.status_code == 200
    assert "Thursday 4 November 2027" in answer.text
    assert "5-hour week" in answer.text
    assert "At night" in answer.text  # Sydney at one in the morning
    assert "W40" in answer.text
    assert cycles_in(database) == []


def test_save_keeps_a_draft_with_stages_and_sittings(
    coordinator: FlaskClient, net: Net, database: Database
) -> None:
    answer = coordinator.post("/cycles/new", data=typed(net, sittings="2", save="1"))
    assert answer.status_code == 303
    with Session(database.engine) as session:
        cycle = session.exec(select(Cycle)).one()
        assert answer.headers["Location"] == f"/cycles/{cycle.id}"
        assert cycle.title == net.theme.name
        assert cycle.published_at is None
        assert cycle.ends_on == date(2027, 3, 7)
        assert [s.key for s in cycle.stages][:2] == ["prepare", "launch"]
        held = {(s.meeting, s.number): (s.on_local, f"{s.starts_local:%H:%M}") for s in cycle.sittings}
        assert held == {
            ("scoping_call", 1): (date(2027, 1, 21), "14:00"),
            ("session", 1): (date(2027, 2, 11), "14:00"),
            ("session", 2): (date(2027, 2, 11), "08:00"),
        }
        assert [city.name for city in cycle.cities] == ["London"]


def test_block_needs_a_reason_that_is_kept(coordinator: FlaskClient, net: Net, database: Database) -> None:
    """Thu 6 May 2027 is Ascension Day in Stockholm."""
    blocked = typed(net, starts_on="2027-05-03", session_on="2027-05-06", save="1")
    answer = coordinator.post("/cycles/new", data=blocked)
    assert answer.status_code == 400
    assert "Ascension Day" in answer.text
    assert "write why it is right all the same" in answer.text
    assert cycles_in(database) == []

    answer = coordinator.post("/cycles/new", data=blocked | {"reason": "Stockholm's team works that day."})
    assert answer.status_code == 303
    with Session(database.engine) as session:
        kept = session.exec(select(Override)).one()
        assert kept.finding_key == "holiday:stockholm:2027-05-06"
        assert kept.reason == "Stockholm's team works that day."
        assert kept.person_id == net.coordinator.id
    page = coordinator.get(answer.headers["Location"]).text
    assert "Stockholm&#39;s team works that day." in page
    assert "Cora Coordinator" in page


def test_quiet_start_is_replaced_by_one_button(coordinator: FlaskClient, net: Net) -> None:
    page = coordinator.post("/cycles/new", data=typed(net, starts_on="2027-06-28", preview="1")).text
    assert 'name="use" value="starts_on 2027-08-09"' in page
    page = coordinator.post(
        "/cycles/new", data=typed(net, starts_on="2027-06-28", use="starts_on 2027-08-09")
    ).text
    assert 'value="2027-08-09"' in page
    assert "Preview: Mon 9 Aug 2027 to Sun 3 Oct 2027" in page


def test_nonexistent_time_offers_its_neighbours(
    coordinator: FlaskClient, net: Net, database: Database
) -> None:
    """Clocks in Stockholm jump from 02:00 to 03:00 on Sunday 28 March 2027."""
    gap = typed(
        net, starts_on="2027-03-08", session_on="2027-03-28", at="02:30", time_zone="Europe/Stockholm"
    )
    page = coordinator.post("/cycles/new", data=gap | {"save": "1"})
    assert page.status_code == 400
    assert "does not exist" in page.text
    assert 'value="at 2027-03-28T01:30"' in page.text
    assert 'value="at 2027-03-28T03:30"' in page.text
    taken = coordinator.post("/cycles/new", data=gap | {"use": "at 2027-03-28T03:30"})
    assert taken.status_code == 200
    assert 'value="03:30"' in taken.text
    assert cycles_in(database) == []


def test_gap_of_the_second_sitting_stands_at_its_own_field(coordinator: FlaskClient, net: Net) -> None:
    page = coordinator.post(
        "/cycles/new",
        data=typed(
            net,
            starts_on="2027-03-08",
            session_on="2027-03-28",
            sittings="2",
            second_at="02:30",
            second_time_zone="Europe/Stockholm",
        ),
    ).text
    assert 'id="second_at-error"' in page
    assert 'value="second_at 2027-03-28T03:30"' in page


def test_repeated_time_takes_the_first_and_says_so(coordinator: FlaskClient, net: Net) -> None:
    page = coordinator.post(
        "/cycles/new",
        data=typed(
            net,
            starts_on="2027-10-04",
            session_on="2027-10-31",
            at="02:30",
            time_zone="Europe/Stockholm",
            preview="1",
        ),
    ).text
    assert "02:30 comes twice in Europe/Stockholm on Sun 31 Oct 2027" in page
    assert "the first is meant" in page


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("starts_on", "2027-01-12", "A cycle starts on a Monday"),
        ("starts_on", "", "Give the date"),
        ("starts_on", "soon", "Not a valid date"),
        ("starts_on", "9999-12-27", "A cycle starts between"),
        ("time_zone", "Europe/Atlantis", "Europe/Atlantis is not a known time zone"),
        ("time_zone", "../../etc/passwd", "is not a known time zone"),
        ("title", "x" * 10_000, "10,000 characters long"),
        ("title", "Two\r\nBcc: lines", "Use one line"),
        ("title", "A\u2028B", "Use one line"),
        ("title", "bell\x07", "Use one line"),
        ("reason", "bell\x07", "Take out control characters"),
        ("stage_weeks-0", "2", "The stages take 9 weeks together, and the exchange takes 8"),
        ("stage_weeks-0", "0", "Launch takes one week at least"),
        ("duration_weeks", "3", "too few for 8 stages"),
        ("duration_weeks", "80", "52 weeks at most"),
        ("session_on", "2027-01-08", "within the exchange"),
        ("session_on", "2026-01-08", "within the exchange"),
        ("minutes", "0", "A sitting lasts from"),
        ("minutes", "-90", "A sitting lasts from"),
        ("marking", "TLP:PINK", "Not a valid choice"),
        ("marking", None, "Choose a marking"),
        ("theme_id", "999999", "Not a valid choice"),
        ("at", "25:00", "Not a valid time"),
    ],
)
def test_bad_input_is_answered_at_its_field_and_keeps_the_rest(
    coordinator: FlaskClient, net: Net, database: Database, field: str, text: str | None, said: str
) -> None:
    sent = typed(net, **({"minutes": "77"} | {field: text}), save="1")
    answer = coordinator.post("/cycles/new", data=sent)
    assert answer.status_code == 400
    assert said in answer.text
    if field != "minutes":
        assert 'value="77"' in answer.text
    assert cycles_in(database) == []


def test_both_sittings_at_one_moment_are_refused(coordinator: FlaskClient, net: Net) -> None:
    sent = typed(net, sittings="2", second_at="15:00", second_time_zone="Europe/Stockholm", save="1")
    answer = coordinator.post("/cycles/new", data=sent)
    assert answer.status_code == 400
    assert "Both sittings begin at the same moment" in answer.text


def test_empty_stage_weeks_follow_the_duration(
    coordinator: FlaskClient, net: Net, database: Database
) -> None:
    empty = {f"stage_weeks-{n}": "" for n in range(8)}
    answer = coordinator.post("/cycles/new", data=typed(net, duration_weeks="10", save="1") | empty)
    assert answer.status_code == 303
    assert cycles_in(database)[0].ends_on == date(2027, 3, 21)


def test_form_without_any_stage_weeks_is_shown_whole_again(coordinator: FlaskClient, net: Net) -> None:
    """A browser that sent none of them, or a mangled form, was answered with 500."""
    sent = {name: text for name, text in typed(net).items() if not name.startswith("stage_weeks")}
    answer = coordinator.post("/cycles/new", data=sent)
    assert answer.status_code == 200
    assert all(f'name="stage_weeks-{number}"' in answer.text for number in range(8))
    assert coordinator.post("/cycles/new", data={}).status_code == 400


def test_people_who_do_not_plan_get_no_form(sign_in: SignIn, net: Net) -> None:
    assert sign_in(net.contact).get("/cycles/new").status_code == 403
    assert sign_in(net.expert).post("/cycles/new", data=typed(net)).status_code == 403
