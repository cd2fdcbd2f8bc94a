"""How far cities are: said by their own people, seen by others as far as the marking goes."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.follow_up.progress import ProgressDraft, set_progress
from exchange.models import AuditEntry, City, Headway, Lesson, LessonProgress
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.lessons.conftest import LINK, Net
from tests.pages import text_of
from tests.sign_in import SignIn


def page_of(net: Net, city: City) -> str:
    return f"{net.page}/cities/{city.id}"


def says(database: Database, net: Net, city: City, state: Headway, **said: object) -> None:
    with database.transaction() as session:
        lesson, of = session.get_one(Lesson, net.lesson_id), session.get_one(City, city.id)
        draft = ProgressDraft(state, **said)  # type: ignore[arg-type]  # a test's own keywords
        set_progress(session, lesson, of, draft, version=0, by=net.by)


def test_a_contact_says_how_far_their_city_is_and_the_trail_keeps_each_step(
    contact: FlaskClient, coordinator: FlaskClient, database: Database, net: Net
) -> None:
    page = page_of(net, net.london)
    first = {"version": "0", "state": "considering", "note": "The board decides.", "review_on": "2027-03-22"}
    assert contact.post(page, data=first).status_code == 303
    later = {"version": "1", "state": "in place", "evidence": LINK, "note": "", "review_on": ""}
    assert contact.post(page, data=later).status_code == 303
    shown = text_of(contact.get(net.page))
    assert "London : say how far it is In place" in shown
    assert "Carl said how far a city is" in text_of(contact.get(page))
    assert "considering became in place" in text_of(contact.get(page))
    history = text_of(coordinator.get(net.page))
    assert "said how far a city is" in history
    with database.reading() as session:
        steps = session.exec(select(AuditEntry.after).where(AuditEntry.action == "say progress")).all()
        row = session.exec(select(LessonProgress)).one()
    assert [step["state"] for step in steps if step] == ["considering", "in place"]
    assert "The board decides." not in str(steps)
    assert (row.state, row.note, row.review_on) == ("in place", "", None)


@ON_SQLITE
def test_nobody_says_how_far_another_city_is(contact: FlaskClient, sign_in: SignIn, net: Net) -> None:
    sent = {"version": "0", "state": "in place"}
    for city in (net.sydney, net.stockholm):
        assert contact.get(page_of(net, city)).status_code == 404
        assert contact.post(page_of(net, city), data=sent).status_code == 404
    assert sign_in(net.expert).post(page_of(net, net.london), data=sent).status_code == 404
    assert sign_in(net.coordinator).post(page_of(net, net.sydney), data=sent).status_code == 303
    assert contact.get(f"{net.page}/cities/999").status_code == 404


@ON_SQLITE
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"state": "not for us"}, "Write why it is not for your city"),
        ({"evidence": "in the drawer"}, "Give a link that begins with https://"),
        ({"evidence": "http://files.example.org"}, "Give a link that begins with https://"),
        ({"review_on": "2027-03-08"}, "Choose a day that is still to come"),
        ({"review_on": "31.02.2027"}, "Not a valid date"),
        ({"review_on": "9999-12-31"}, "Choose a year between"),
        ({"state": "half way"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    contact: FlaskClient, database: Database, net: Net, wrong: dict[str, str], said: str
) -> None:
    sent = {"version": "0", "state": "under way", "note": ""} | wrong
    answer = contact.post(page_of(net, net.london), data=sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    with database.reading() as session:
        assert session.exec(select(LessonProgress)).all() == []


@ON_SQLITE
def test_two_people_never_overwrite_each_other(
    contact: FlaskClient, coordinator: FlaskClient, net: Net
) -> None:
    page = page_of(net, net.london)
    sent = {"version": "0", "state": "under way"}
    assert contact.post(page, data=sent).status_code == 303
    late = coordinator.post(page, data=sent | {"note": "They told me."})
    assert late.status_code == 409
    assert "They told me." in late.text


def test_others_see_who_has_it_under_way_or_in_place_and_never_a_note(
    contact: FlaskClient, other: FlaskClient, database: Database, net: Net
) -> None:
    says(database, net, net.london, Headway.UNDER_WAY, note="Canary: short of staff.", evidence=LINK)
    says(database, net, net.stockholm, Headway.NOT_FOR_US, note="Canary: we have it by law.")
    for way in (net.page, "/findings/cities"):
        page = text_of(other.get(way))
        assert "Under way" in page
        assert "Canary" not in page
        assert LINK not in other.get(way).text
    words = text_of(other.get("/findings/cities"))
    assert "Under way: London." in words
    assert "Not for us: Stockholm" not in words
    assert "Not started: Sydney." in words  # its own row
    assert "Canary: short of staff." in text_of(contact.get(net.page))


@ON_SQLITE
@pytest.mark.parametrize("marking", list(Marking))
def test_what_others_see_of_a_city_ends_with_the_marking(
    other: FlaskClient, database: Database, net: Net, marking: Marking
) -> None:
    says(database, net, net.london, Headway.IN_PLACE)
    with database.transaction() as session:
        lesson = session.get_one(Lesson, net.lesson_id)
        lesson.marking = marking
        lesson.named_ids = [net.other.id or 0] if marking is Marking.RED else []
    is_told = "In place: London." in text_of(other.get("/findings/cities"))
    assert is_told is (marking in {Marking.CLEAR, Marking.GREEN, Marking.AMBER})


@ON_SQLITE
def test_the_picture_says_in_words_what_it_shows(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    says(database, net, net.london, Headway.IN_PLACE)
    page = coordinator.get("/findings/cities").text
    assert '<span class="visually-hidden">In place</span>' in page
    assert "In place: London." in text_of(coordinator.get("/findings/cities"))
