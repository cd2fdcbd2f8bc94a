"""The page behind an invitation's link: no sign-in, the reader's own time, three buttons."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.audit import actor_name
from exchange.db import Database
from exchange.invitations.invitation_links import answer_link
from exchange.models import Answer, AuditEntry, City, Role, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import make_person
from tests.invitations.conftest import INVITED_AT, Post, event
from tests.named import name_everybody
from tests.pages import text_of
from tests.sign_in import SignIn


def path_for(post: Post, name: str) -> str:
    link = answer_link(post.settings, post.invitation(name))
    return link.removeprefix("https://exchange.example.org")


def test_story_19_declining_needs_no_login_and_frees_a_place(
    post: Post, training: TrainingEvent, client: FlaskClient, sign_in: SignIn, database: Database
) -> None:
    """Given I cannot attend, when I decline from the email link, then no login is needed and the slot
    count falls by one."""
    (letter,) = post.letters(to_name="Maria Ruiz")
    path = path_for(post, "Maria Ruiz")
    assert f"https://exchange.example.org{path}" in letter.text
    with database.transaction() as session:
        stockholm = session.get_one(City, training.host_city_id)
        planner = make_person(session, city=stockholm, roles=[Role.COORDINATOR])
    coordinator = sign_in(planner)
    page = f"/trainings/{training.id}"
    assert "no answer yet: 3. Places to keep: 3." in text_of(coordinator.get(page))

    opened = client.get(path)
    assert opened.status_code == 200
    assert "Thursday 11 March 2027, 04:00 in Washington DC" in text_of(opened)
    assert post.invitation("Maria Ruiz").answer == Answer.NONE  # opening a link says nothing
    answered = client.post(path, data={"answer": "declined"})
    assert (answered.status_code, answered.location) == (303, path)
    assert "Your answer I cannot come" in text_of(client.get(path))

    said = text_of(coordinator.get(page))
    assert "not coming: 1, no answer yet: 2. Places to keep: 2." in said
    assert "Washington DC 0 0 1 Maria Ruiz 0" in said
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "answer invitation")).one()
        assert actor_name(session, entry) == "Maria Ruiz"
        assert entry.after == {"answer": "declined", "by": "link", "to": f"training:{training.id}"}


def test_who_declined_gets_no_reminder_and_may_change_their_mind_until_it_begins(
    post: Post, training: TrainingEvent, client: FlaskClient
) -> None:
    path = path_for(post, "Maria Ruiz")
    client.post(path, data={"answer": "declined"})
    assert post.tick(INVITED_AT + timedelta(days=34)) == 2  # a week before
    assert {one.to_name for one in post.letters(kind="T1-7d")} == {"Åsa Öberg", "Tom Baker-Lane"}
    assert client.post(path, data={"answer": "accepted"}).status_code == 303
    assert (
        post.tick(INVITED_AT + timedelta(days=40)) == 3
    )  # the day before; Maria is reminded once, not twice

    post.clock.set(INVITED_AT + timedelta(days=41))
    late = client.post(path, data={"answer": "declined"})
    assert late.status_code == 409
    assert "has begun" in text_of(late)
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED


def test_who_has_answered_is_not_asked_again_but_told_what_they_said(
    post: Post, training: TrainingEvent, client: FlaskClient
) -> None:
    """Reminders asked everybody whether they would come, also those who had said so."""
    client.post(path_for(post, "Maria Ruiz"), data={"answer": "accepted"})
    client.post(path_for(post, "Tom Baker-Lane"), data={"answer": "tentative"})
    post.tick(INVITED_AT + timedelta(days=34))
    texts = {one.to_name: one.text for one in post.letters(kind="T1-7d")}
    assert "You said that you will come, thank you." in texts["Maria Ruiz"]
    assert "You said that you may come." in texts["Tom Baker-Lane"]
    assert "Please say whether you will come or not." in texts["Åsa Öberg"]
    assert "Please say whether" not in texts["Maria Ruiz"] + texts["Tom Baker-Lane"]
    for text in texts.values():
        assert text.index("Join here:") < text.index("/attend/")


def test_a_member_sees_their_own_city_by_name_and_the_others_as_numbers(
    post: Post, training: TrainingEvent, client: FlaskClient, sign_in: SignIn
) -> None:
    client.post(path_for(post, "Tom Baker-Lane"), data={"answer": "accepted"})
    asa = post.invitation("Åsa Öberg")
    page = text_of(sign_in(asa.person).get(f"/trainings/{training.id}"))
    assert "Coming: 1, perhaps: 0, not coming: 0, no answer yet: 2." in page
    assert "Stockholm 0 0 0 1 Åsa Öberg" in page
    assert "Tom Baker-Lane" not in page
    assert "Say whether you come" in page


@pytest.mark.parametrize("spoilt", ["/attend/nonsense", "/attend/" + "a" * 32])
def test_a_link_that_is_none_says_so_and_names_nobody(client: FlaskClient, spoilt: str) -> None:
    answer = client.get(spoilt)
    assert answer.status_code == 404
    assert "This link leads nowhere" in text_of(answer)


def test_an_answer_that_is_none_is_said_so_and_changes_nothing(
    post: Post, training: TrainingEvent, client: FlaskClient
) -> None:
    answer = client.post(path_for(post, "Maria Ruiz"), data={"answer": "delegated"})
    assert answer.status_code == 400
    assert post.invitation("Maria Ruiz").answer == Answer.NONE


def test_a_link_shows_what_a_letter_may_and_asks_to_sign_in_for_red(
    post: Post, client: FlaskClient, sign_in: SignIn, database: Database
) -> None:
    with database.transaction() as session:
        made = event(session, marking=Marking.RED)
        name_everybody(session)
    assert post.tick(INVITED_AT) == 3
    path = path_for(post, "Maria Ruiz")
    for letter in post.letters():
        assert letter.calendar == ""
        assert "/attend/" not in letter.text
    refused = client.get(path)
    assert refused.status_code == 303
    assert "/sign-in" in refused.location
    maria = sign_in(post.invitation("Maria Ruiz").person)
    assert path in maria.get(f"/trainings/{made.id}").text
    assert maria.post(path, data={"answer": "accepted"}).status_code == 303
    assert post.invitation("Maria Ruiz").answer == Answer.ACCEPTED
