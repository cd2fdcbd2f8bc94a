"""Each wrong step in the preparation of an event is a sentence at its place, and nothing is half-saved."""

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Preparation
from tests.access.routes import ON_SQLITE
from tests.pages import text_of
from tests.preparation.conftest import Event

BAD = [
    ("fpm/move", {"on": "2027-06-10"}, "Final planning meeting comes before the event on Thu 3 Jun 2027"),
    ("fpm/move", {"on": "2027-06-03"}, "choose an earlier day"),
    ("aam/move", {"on": "2027-06-01"}, "choose a day from Thu 3 Jun 2027"),
    ("mpm/move", {"on": "2027-05-03"}, "Mon 3 May 2027 is no working day in London."),
    ("review/move", {"on": "2031-01-02"}, "is more than a year from the event."),
    ("mpm/move", {"on": "soon"}, "Not a valid date value"),
    ("mpm/move", {}, "Give the date as day, month and year"),
    ("fpm/done", {"evidence": "in my drawer"}, "Give a link that begins with https://"),
    ("fpm/done", {"evidence": "http://files.example.org/a"}, "Give a link that begins with https://"),
    ("fpm/done", {"evidence": "javascript:alert(1)"}, "Give a link that begins with https://"),
    ("fpm/done", {"evidence": "https://"}, "Give a link that begins with https://"),
    ("fpm/done", {"evidence": "https://[::1/a"}, "Give a link that begins with https://"),
    ("fpm/done", {"evidence": "https://e.example.org/" + "x" * 600}, "characters long; at most 500 fit"),
    ("fpm/done", {"evidence": ""}, "Give a link that begins with https://"),
    ("fpm/hour", {"at": "", "minutes": "60"}, "Give the start on the 24-hour clock"),
    ("fpm/hour", {"at": "25:00", "minutes": "60"}, "Not a valid time value"),
    ("fpm/hour", {"at": "14:00", "minutes": "9" * 400}, "Not a valid integer value"),
    ("fpm/hour", {"at": "14:00", "minutes": "5"}, "A planning meeting lasts from 15 minutes to a day"),
    ("fpm/hour", {"at": "14:00", "minutes": "1441"}, "A planning meeting lasts from 15 minutes to a day"),
    ("fpm/hour", {"at": "14:00", "minutes": "60", "join_link": "http://a"}, "begins with https://"),
    ("fpm/waive", {"reason": " "}, "Write the reason: it is kept for good."),
    ("fpm/owner", {"owner": "nobody@example.org"}, "nobody@example.org is nobody's address here"),
    ("team", {"team": "not an address"}, "is nobody's address here"),
    ("team", {"team": " ".join(f"p{n}@example.org" for n in range(31))}, "At most 30 people plan an event."),
    ("profile", {"profile": "picnic"}, "Not a valid choice"),
    ("objectives", {"objectives-0-text": "Only one"}, "Give three to five objectives, or none yet."),
    (
        "objectives",
        {"objectives-²-text": "A", "objectives-0-text": "B"},
        "Give three to five objectives, or none yet.",
    ),
    (
        "objectives",
        {f"objectives-{'9' * 5000}-text": "A", "objectives-0-text": "B"},
        "Give three to five objectives, or none yet.",
    ),
    (
        "objectives",
        {f"objectives-{n}-text": f"No. {n}" for n in range(6)},
        "At most 5 rows fit here, and 6 were sent.",
    ),
    (
        "objectives",
        {f"objectives-{n}-text": "The same" for n in range(3)},
        "Two objectives say the same.",
    ),
    (
        "objectives",
        {f"objectives-{n}-text": f"No. {n}" for n in range(3)} | {"objectives-1-rating": "P"},
        "Objectives are rated once the event is over.",
    ),
    ("objectives", {"objectives-0-rating": "P"}, "A rating needs an objective beside it."),
    ("objectives", {"objectives-0-text": "x" * 400}, "characters long; at most 300 fit"),
]


@ON_SQLITE
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    coordinator: FlaskClient, database: Database, event: Event
) -> None:
    for path, sent, said in BAD:
        answer = coordinator.post(f"{event.page}/{path}", data=sent | {"version": "1"})
        assert answer.status_code == 400, (path, sent)
        assert said in text_of(answer), (path, sent, text_of(answer)[:900])
    with database.reading() as session:
        assert session.exec(select(Preparation)).first() is None


@ON_SQLITE
def test_a_day_in_a_quiet_week_needs_a_reason(coordinator: FlaskClient, event: Event) -> None:
    sent = {"version": "1", "team": event.net.coordinator.email}
    assert coordinator.post(f"{event.page}/team", data=sent).status_code == 303
    quiet = {"version": "2", "on": "2027-07-15"}
    refused = coordinator.post(event.at("aam", "move"), data=quiet)
    assert refused.status_code == 400
    assert "Thu 15 Jul 2027 is in the quiet period Summer of Stockholm" in text_of(refused)
    saved = coordinator.post(event.at("aam", "move"), data=quiet | {"reason": "All of us are there."})
    assert saved.status_code == 303


def test_a_form_from_an_older_page_is_refused_and_says_so(coordinator: FlaskClient, event: Event) -> None:
    waived = {"version": "1", "reason": "Not needed."}
    assert coordinator.post(event.at("co", "waive"), data=waived).status_code == 303
    for version in ("1", "", "99"):
        late = {"version": version, "evidence": "https://files.example.org/a"}
        answer = coordinator.post(event.at("fpm", "done"), data=late)
        assert answer.status_code == 409
        assert "was changed by somebody else meanwhile" in text_of(answer)


@ON_SQLITE
def test_what_is_done_is_opened_again_before_it_is_changed(coordinator: FlaskClient, event: Event) -> None:
    done = {"version": "1", "evidence": "https://files.example.org/a"}
    assert coordinator.post(event.at("fpm", "done"), data=done).status_code == 303
    moved = coordinator.post(event.at("fpm", "move"), data={"version": "2", "on": "2027-05-12"})
    assert moved.status_code == 409
    assert "is done or waived already: open it again first." in text_of(moved)
    assert coordinator.post(event.at("co", "reopen"), data={"version": "2"}).status_code == 409
    assert coordinator.get(event.at("picnic", "done")).status_code == 404
    assert coordinator.post(event.at("picnic", "reopen"), data={"version": "2"}).status_code == 404
