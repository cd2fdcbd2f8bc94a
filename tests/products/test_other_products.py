"""Products of an event or of nothing: begun, described, reviewed by letters of their own, published."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.access.kept_back import kept_back_from
from exchange.db import Database
from exchange.models import (
    AuditEntry,
    City,
    Letter,
    Person,
    Product,
    ProductRecommendation,
    Role,
    TrainingEvent,
)
from exchange.rules.access.standing import Standing
from exchange.rules.asks.templates_file import read_ask_templates
from exchange.settings import CONFIG, Settings, read_toml
from tests.factories import make_city, make_person, make_theme, make_training
from tests.hand_clock import HandClock
from tests.pages import form_values
from tests.sign_in import SignIn

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)  # morning in London
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ON_SQLITE


class House:
    """London with a lead and a contact, Paris with a contact, a theme, an event, and who coordinates."""

    def __init__(self, database: Database, app: Flask, sign_in: SignIn, clock: HandClock) -> None:
        self.database, self.app, self.sign_in, self.clock = database, app, sign_in, clock
        clock.set(MONDAY)
        with database.transaction() as session:
            london, paris = make_city(session, "London"), make_city(session, "Paris")
            self.cora = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
            self.lena = make_person(session, "Lena", city=london, roles=[Role.CITY_LEAD])
            self.carl = make_person(session, "Carl", city=paris)
            self.rita = make_person(session, "Rita", city=paris, roles=[Role.EXPERT])
            theme = make_theme(session, "Drones")
            event = make_training(
                session, host_city=london, theme=theme, marking="TLP:AMBER", published_at=MONDAY
            )
            self.london_id, self.paris_id = london.id, paris.id
            self.theme_id, self.event_id = theme.id or 0, event.id or 0
        self.planner = sign_in(self.cora)

    def begin(self, of: str = "", **typed: str) -> str:
        """The address of a new product."""
        values = {"kind": "report", "title": "Drones over cities", "year": "2027", "marking": "TLP:GREEN"}
        answer = self.planner.post(f"/products/new{of}", data=values | typed)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def post(self, path: str, who: FlaskClient | None = None, **typed: object) -> int:
        browser = who or self.planner
        values = {"version": self.version(path)} | typed
        return browser.post(path, data=values, content_type="multipart/form-data").status_code

    def version(self, path: str) -> str:
        with self.database.reading() as session:
            product = session.get_one(Product, int(path.split("/")[2]))
            return str(product.versions[-1].number)

    def letters(self, kind: str) -> dict[str, Letter]:
        with self.database.reading() as session:
            found = session.exec(select(Letter).where(Letter.kind == kind, col(Letter.state) != "withdrawn"))
            return {one.to_name: one for one in found}


@pytest.fixture
def house(database: Database, app: Flask, sign_in: SignIn, clock: HandClock) -> House:
    return House(database, app, sign_in, clock)


DETAILS = {
    "kind": "policy brief",
    "year": "2026",
    "credits-0-who": "carl@example.org",
    "credits-0-role": "lead author",
    "credits-0-interests": "Advises a maker of drones",
    "credits-1-who": "Prof. Ines Maier",
    "credits-1-role": "independent reviewer",
    "credits-1-organisation": "University of Bern",
}


def test_a_brief_of_no_cycle_goes_from_draft_to_library(house: House, settings: Settings) -> None:
    base = house.begin()
    assert house.post(f"{base}/edit", title="Drones over cities", marking="TLP:GREEN", text="") == 400
    assert house.post(f"{base}/review", due_on="2027-03-12") == 409  # nothing is written
    text = "Cities **watch** the sky."
    assert house.post(f"{base}/edit", title="Drones over cities", marking="TLP:GREEN", text=text) == 303
    with house.database.reading() as session:
        carl, rita = (session.get_one(Person, one.id).email for one in (house.carl, house.rita))
    details = DETAILS | {
        "credits-0-who": carl,
        "credits-2-who": rita,
        "credits-2-role": "independent reviewer",
        "themes": [str(house.theme_id)],
        "cities": [str(house.london_id)],
    }
    assert house.post(f"{base}/details", **details) == 303
    advice = {
        "recommendations-0-text": "Train spotters.",
        "recommendations-0-theme_id": str(house.theme_id),
        "recommendations-0-phase": "prepare",
        "recommendations-1-number": "7",
        "recommendations-1-text": "Clear the square.",
        "recommendations-1-theme_id": "0",
    }
    assert house.post(f"{base}/recommendations", **advice) == 303
    page = house.planner.get(base).text
    for said in ("Policy brief, 2026", "Carl", "Prof. Ines Maier, University of Bern", "Train spotters."):
        assert said in page, said
    assert "Interests declared: Advises a maker of drones" in page
    assert house.sign_in(house.lena).get(base).status_code == 404
    assert house.sign_in(house.carl).get(f"{base}/edit").status_code == 200  # an author writes

    # The cities it is for and the reviewer of the network are asked, by letters of their own.
    asked = house.planner.get(f"{base}/review").text
    assert "Lena" in asked
    assert "Rita" in asked
    assert house.post(f"{base}/review", due_on="2027-02-26") == 400
    assert house.post(f"{base}/review", due_on="2027-03-12") == 303
    assert house.letters("E8") == {}
    assert set(house.letters("product review")) == {"Lena", "Rita"}
    assert set(house.letters("product reminder")) == {"Lena", "Rita"}
    lena = house.letters("product review")["Lena"]
    assert lena.subject.startswith("[TLP:GREEN] Your review is due on")
    link = re.search(re.escape(settings.base_url) + r"(/review/\S+)", lena.text)
    assert link is not None
    reader = house.app.test_client()
    shown = reader.get(link[1]).text
    assert "Clear the square." in shown
    (seen,) = set(re.findall(r'name="version"[^>]*value="(\d+)"', shown))
    assert reader.post(f"{link[1]}/agree", data={"version": seen}).status_code == 303
    assert set(house.letters("product reminder")) == {"Rita"}
    own = house.sign_in(house.rita)
    assert f'href="{base}/own-review"' in own.get("/desk").text
    assert "Clear the square." in own.get(f"{base}/own-review").text
    assert own.post(f"{base}/own-review", data={"version": seen, "text": "Say who."}).status_code == 303
    assert f'href="{base}/own-review"' not in own.get("/desk").text
    decide = re.findall(rf'action="({base}/comments/\d+)"', house.planner.get(base).text)[0]
    assert house.post(decide, outcome="resolved", word="Done.") == 303

    consequences = house.planner.get(f"{base}/publish").text
    assert "1 person gets a letter" in consequences
    assert house.post(f"{base}/publish") == 303
    assert set(house.letters("product out")) == {"Lena"}
    assert house.post(f"{base}/edit", title="x", marking="TLP:GREEN", text="y") == 409
    assert house.post(f"{base}/recommendations", **advice) == 409
    assert "Drones over cities" in house.sign_in(house.carl).get("/library").text
    assert "Drones over cities" not in house.app.test_client().get("/library").text
    assert house.post(f"{base}/withdraw", reason="A number is wrong.") == 303
    assert house.letters("product out") == {}
    with house.database.reading() as session:
        entries = session.exec(select(AuditEntry).where(col(AuditEntry.subject).startswith("product:"))).all()
    done = {one.action for one in entries}
    assert {"save product", "edit product", "edit recommendations", "open review", "publish product"} <= done
    assert all((one.after or {}).get("marking") for one in entries)


def test_letters_of_a_review_that_wait_say_what_the_draft_is_called_now(house: House) -> None:
    """The reminder kept the title of the day of the review, also of what was TLP:RED by then."""
    base = house.begin()
    cities = {"cities": [str(house.london_id), str(house.paris_id)]}
    assert house.post(f"{base}/details", kind="report", year="2027", **cities) == 303
    assert house.post(f"{base}/edit", title="Drones over cities", marking="TLP:GREEN", text="y") == 303
    assert house.post(f"{base}/review", due_on="2027-03-12") == 303
    before = {kind: house.letters(kind) for kind in ("product review", "product reminder")}
    assert "Carl" in before["product review"]
    with house.database.transaction() as session:  # Lena's first letter has left, and Carl has agreed
        session.get_one(Letter, before["product review"]["Lena"].id).state = "sent"
    link = re.search(r"/review/\S+", before["product review"]["Carl"].text)
    assert link
    sent = {"version": house.version(base)}
    assert house.app.test_client().post(f"{link[0]}/agree", data=sent).status_code == 303
    assert house.post(f"{base}/edit", title="Unmanned aircraft", marking="TLP:GREEN", text="y") == 303
    assert set(house.letters("product review")) == {"Lena"}
    assert "Drones" in house.letters("product review")["Lena"].subject
    (reminder,) = house.letters("product reminder").values()
    first = before["product reminder"]["Lena"]
    assert (reminder.id, reminder.due_at) == (first.id, first.due_at)
    assert "Unmanned aircraft" in reminder.subject
    named = "\n".join(one.email for one in (house.cora, house.carl))
    assert house.post(f"{base}/edit", title="Canary", marking="TLP:RED", named=named, text="y") == 303
    assert house.letters("product reminder") == {}  # Lena may not know of it any more


def test_a_row_of_a_recommendation_stays_when_its_words_change(house: House) -> None:
    base = house.begin()
    rows = {"recommendations-0-text": "Train.", "recommendations-1-text": "Exercise."}
    themes = {"recommendations-0-theme_id": "0", "recommendations-1-theme_id": "0"}
    assert house.post(f"{base}/recommendations", **rows, **themes) == 303
    with house.database.reading() as session:
        before = {one.number: one.id for one in session.exec(select(ProductRecommendation))}
    twice = {"recommendations-0-number": "2", "recommendations-1-number": "2"}
    answer = house.planner.post(
        f"{base}/recommendations", data=rows | themes | twice | {"version": house.version(base)}
    )
    assert answer.status_code == 400
    assert "Number 2 stands twice." in answer.text
    assert "Exercise." in answer.text
    changed = {"recommendations-0-number": "2", "recommendations-0-text": "Exercise yearly."}
    emptied = {"recommendations-1-number": "", "recommendations-1-text": ""}
    assert house.post(f"{base}/recommendations", **changed, **emptied, **themes) == 303
    with house.database.reading() as session:
        (left,) = session.exec(select(ProductRecommendation)).all()
        assert (left.number, left.id, left.text) == (2, before[2], "Exercise yearly.")
    assert house.planner.post(f"{base}/recommendations", data={"version": "1"} | changed).status_code == 409


def test_an_address_of_nobody_and_a_year_that_cannot_be_are_said_at_their_field(house: House) -> None:
    base = house.begin()
    for wrong, said in (
        (
            {"credits-0-who": "nobody@example.org", "credits-0-role": "co-author"},
            "is nobody&#39;s address here",
        ),
        ({"year": "27"}, "Give the year with four digits"),
        ({"kind": "poem"}, "Not a valid choice"),
    ):
        typed = {"kind": "report", "year": "2027", "version": house.version(base)} | wrong
        answer = house.planner.post(f"{base}/details", data=typed)
        assert (answer.status_code, said in answer.text) == (400, True), (wrong, answer.text)
    assert (
        house.planner.post("/products/new", data={"kind": "report", "marking": "TLP:GREEN"}).status_code
        == 400
    )
    assert house.planner.get("/products/new?cycle_id=99999999999").status_code == 200
    assert house.planner.get("/products/new?cycle_id=77").status_code == 404


def test_an_event_has_one_post_exercise_report_and_both_lead_to_each_other(house: House) -> None:
    of = f"?training_id={house.event_id}"
    base = house.begin(of, kind="post-exercise report", marking="TLP:AMBER")
    again = {"kind": "post-exercise report", "title": "Second", "year": "2027", "marking": "TLP:AMBER"}
    answer = house.planner.post(f"/products/new{of}", data=again)
    assert (answer.status_code, "already" in answer.text) == (400, True)
    event, page = house.planner.get(f"/trainings/{house.event_id}").text, house.planner.get(base).text
    assert f'href="{base}"' in event
    assert f'href="/trainings/{house.event_id}"' in page
    assert "on request" in page
    assert house.sign_in(house.lena).get(f"{base}/edit").status_code == 200  # the host's lead writes
    assert house.sign_in(house.carl).get(base).status_code == 404


def test_a_post_exercise_report_begins_with_the_standing_questions(house: House) -> None:
    """They are offered, not saved: a report of headings alone goes into no review by itself."""
    base = house.begin(f"?training_id={house.event_id}", kind="post-exercise report", marking="TLP:AMBER")
    page = house.planner.get(f"{base}/edit")
    text = form_values(page)["text"]
    template = read_ask_templates(read_toml(CONFIG / "asks.toml"))["event-feedback"]
    for question in (
        "Who is missing from this, whom we should ask or hear?",
        "Who is affected indirectly, without being there?",
    ):
        assert f"## {question}" in text
        assert question in {one.text for one in template.questions}
    assert house.post(f"{base}/review", due_on="2027-03-12") == 409
    brief = house.begin()
    assert form_values(house.planner.get(f"{brief}/edit"))["text"].strip() == ""


def test_a_file_is_kept_handed_out_and_taken_away(house: House) -> None:
    base = house.begin()
    assert house.post(f"{base}/files") == 400
    assert house.post(f"{base}/files", files=(io.BytesIO(b"\x7fELF"), "x.exe")) == 400
    assert house.post(f"{base}/files", files=(io.BytesIO(b"What we saw"), "notes.txt")) == 303
    page = house.planner.get(base).text
    (there,) = re.findall(rf'href="({base}/files/\d+)"', page)
    assert house.planner.get(there).data == b"What we saw"
    assert house.app.test_client().get(there).status_code == 404
    assert house.sign_in(house.carl).get(there).status_code == 404
    assert house.post(f"{base}/files", remove=there.rpartition("/")[2]) == 303
    assert house.planner.get(there).status_code == 404


def test_what_is_red_is_told_without_its_title_and_found_by_those_it_names(house: House) -> None:
    with house.database.reading() as session:
        named = "\n".join(
            one.email for one in session.exec(select(Person).where(col(Person.name).in_(["Cora", "Lena"])))
        )
    base = house.begin(marking="TLP:RED", named=named, title="Canary")
    cities = {"cities": [str(house.london_id), str(house.paris_id)]}
    assert house.post(f"{base}/details", kind="report", year="2027", **cities) == 303
    assert house.post(f"{base}/edit", title="Canary", marking="TLP:RED", named=named, text="Canary") == 303
    assert house.post(f"{base}/review", due_on="2027-03-03") == 303
    assert set(house.letters("product review")) == {"Lena"}
    house.clock.set(MONDAY + timedelta(days=3))
    house.planner = house.sign_in(house.cora)
    assert house.post(f"{base}/publish") == 303
    (letter,) = house.letters("product out").values()
    assert "Canary" not in letter.subject + letter.text + letter.html
    with house.database.reading() as session:
        kept = [kept_back_from(session, Standing(one.id, plans=True)) for one in (house.cora, house.carl)]
        shown = [session.exec(select(Letter.to_name).where(one.other_letters)).all() for one in kept]
    assert ("Lena" in shown[0], "Lena" in shown[1]) == (True, False)
    assert "Canary" in house.sign_in(house.lena).get("/library").text
    assert "Canary" not in house.sign_in(house.carl).get("/library?search=canary").text


def test_title_of_a_red_draft_is_in_no_list_of_who_plans_and_is_not_named(
    house: House, sign_in: SignIn
) -> None:
    """What is late with others asked whether its event may be known, not the draft, which was for fewer."""
    with house.database.transaction() as session:
        london = session.get_one(City, house.london_id)
        other = make_person(session, "Otto", city=london, roles=[Role.COORDINATOR])
        named = f"{house.cora.email}\n{house.lena.email}"
    base = house.begin(f"?training_id={house.event_id}", marking="TLP:RED", named=named, title="Canary")
    assert house.post(f"{base}/edit", title="Canary", marking="TLP:RED", named=named, text="x") == 303
    assert house.post(f"{base}/review", due_on="2027-03-03") == 303
    desk = sign_in(house.lena).get("/desk").text
    assert f'href="{base}/own-review"' in desk  # "/review" is the writers' page
    assert sign_in(house.lena).get(f"{base}/own-review").status_code == 200
    house.clock.set(MONDAY + timedelta(days=7))
    assert "Canary" in sign_in(house.cora).get("/desk/late").text
    for path in ("/desk", "/desk/late", "/desk/late?by=what"):
        assert "Canary" not in sign_in(other).get(path).text


def test_whoever_may_not_begin_a_product_hears_the_same_of_any_exchange_or_event(
    house: House, sign_in: SignIn
) -> None:
    """Of an event that they may not know of they heard 403, and of a number that is none 404."""
    carl = sign_in(house.carl)
    assert carl.get(f"/products/new?training_id={house.event_id}").status_code == 403  # it is for all cities
    with house.database.transaction() as session:
        session.get_one(TrainingEvent, house.event_id).marking = "TLP:AMBER+STRICT"
    addresses = (f"training_id={house.event_id}", "training_id=99", "cycle_id=99")
    pages = [carl.get(f"/products/new?{of}") for of in addresses]
    assert {page.status_code for page in pages} == {404}
    assert all("There is no such exchange or event" in page.text for page in pages)
    assert carl.get("/products/new").status_code == 403


def test_who_plans_and_is_not_named_on_an_event_takes_back_no_product_of_it(
    house: House, sign_in: SignIn
) -> None:
    """Its product was for everybody, and so was its withdrawal by anybody who plans."""
    base = house.begin(f"?training_id={house.event_id}", marking="TLP:CLEAR")
    assert house.post(f"{base}/edit", title="Drones", marking="TLP:CLEAR", text="x") == 303
    assert house.post(f"{base}/review", due_on="2027-03-03") == 303
    house.clock.set(MONDAY + timedelta(days=7))
    house.planner = sign_in(house.cora)
    assert house.post(f"{base}/publish", reason="Agreed by all.") == 303
    with house.database.transaction() as session:
        event = session.get_one(TrainingEvent, house.event_id)
        event.marking, event.named_ids = "TLP:RED", [house.cora.id or 0]
        london = session.get_one(City, house.london_id)
        other = make_person(session, "Otto", city=london, roles=[Role.COORDINATOR])
    otto = sign_in(other)
    assert otto.get(base).status_code == 200
    assert otto.get(f"{base}/withdraw").status_code == 404
    assert house.post(f"{base}/withdraw", otto, reason="Mistaken.") == 404
    assert house.post(f"{base}/withdraw", reason="Mistaken.") == 303
