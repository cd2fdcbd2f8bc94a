"""The register of findings: written, changed, decided on, listed by filters and by the policy."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.answering.personal_links import Task, link_for
from exchange.db import Database
from exchange.lessons.actions import write_lesson
from exchange.models import (
    City,
    Cycle,
    Lesson,
    LessonKind,
    Person,
    Phase,
    Product,
    ProductKind,
    ProductRecommendation,
    ProductVersion,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.factories import make_cycle, make_training
from tests.lessons.conftest import LINK, NOW, Net, a_draft, an_action
from tests.pages import form_values, text_of
from tests.sign_in import SignIn
from tests.statements import statements_for

TYPED = {
    "kind": "recommendation",
    "title": "Share one room",
    "text": "Put the services under **one roof**.",
    "theme_id": "0",
    "phase": "respond",
    "cycle_id": "0",
    "training_id": "0",
    "product_id": "0",
    "source": "Report of the summit",
    "source_number": "R2",
    "source_link": LINK,
    "marking": "TLP:GREEN",
}


def test_a_coordinator_writes_a_finding_and_the_network_reads_it(
    coordinator: FlaskClient, contact: FlaskClient
) -> None:
    made = coordinator.post("/findings/new", data=TYPED)
    assert made.status_code == 303, text_of(made)
    page = text_of(contact.get(made.location))
    assert "Share one room Recommendation TLP:GREEN" in page
    assert "Report of the summit , no. R2" in page
    assert "History" not in page
    assert "wrote it" in text_of(coordinator.get(made.location))
    assert contact.get("/findings/new").status_code == 403


@ON_SQLITE
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "Give it a title"),
        ({"text": ""}, "Say what was found"),
        ({"source": ""}, "Say where it comes from"),
        ({"source_link": "www.example.org"}, "Give a link that begins with https://"),
        ({"theme_id": "999"}, "Not a valid choice"),
        ({"kind": "rumour"}, "Not a valid choice"),
        ({"marking": "TLP:PINK"}, "Not a valid choice"),
        ({"marking": "TLP:RED"}, "TLP:RED is for named people"),
        ({"text": "NATO SECRET"}, "SECRET"),
        ({"title": "x" * 201}, "at most 200 fit"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    coordinator: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    answer = coordinator.post("/findings/new", data=TYPED | wrong)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert "Share one room" not in text_of(coordinator.get("/findings"))


@ON_SQLITE
def test_a_finding_is_changed_and_two_people_never_overwrite_each_other(
    coordinator: FlaskClient, net: Net
) -> None:
    sent = form_values(coordinator.get(f"{net.page}/edit"))
    sent["title"] = "Say at once who leads"
    assert coordinator.post(f"{net.page}/edit", data=sent).status_code == 303
    late = coordinator.post(f"{net.page}/edit", data=sent)
    assert late.status_code == 409
    assert "changed by somebody else" in text_of(late)
    assert "Say at once who leads" in text_of(coordinator.get(net.page))


@ON_SQLITE
def test_a_marking_falls_only_for_a_reason(coordinator: FlaskClient, net: Net) -> None:
    sent = form_values(coordinator.get(f"{net.page}/edit"))
    sent["marking"] = "TLP:GREEN"
    refused = coordinator.post(f"{net.page}/edit", data=sent)
    assert refused.status_code == 400
    assert "write who agreed to it and why" in text_of(refused)
    sent["reason"] = "The city that told it agrees."
    assert coordinator.post(f"{net.page}/edit", data=sent).status_code == 303
    assert "changed the marking" in text_of(coordinator.get(net.page))


def test_a_lesson_is_identified_accepted_and_learned_or_rejected_for_a_reason(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    page = f"{net.page}/decide"
    assert coordinator.post(page, data={"version": "1", "state": "learned"}).status_code == 400
    assert coordinator.post(page, data={"version": "1", "state": "rejected"}).status_code == 400
    assert coordinator.post(page, data={"version": "1", "state": "accepted"}).status_code == 303
    assert coordinator.post(page, data={"version": "1", "state": "learned"}).status_code == 409
    assert coordinator.post(page, data={"version": "2", "state": "learned"}).status_code == 303
    assert coordinator.post(page, data={"version": "3", "state": "accepted"}).status_code == 303
    sent = {"version": "4", "state": "rejected", "reason": "It was said elsewhere."}
    assert coordinator.post(page, data=sent).status_code == 303
    assert "Rejected It was said elsewhere." in text_of(coordinator.get(net.page))
    with database.reading() as session:
        assert session.get_one(Lesson, net.lesson_id).state_reason == "It was said elsewhere."


@ON_SQLITE
def test_recommendations_and_practices_have_no_steps(coordinator: FlaskClient) -> None:
    made = coordinator.post("/findings/new", data=TYPED)
    assert "Decide on it" not in text_of(coordinator.get(made.location))
    assert (
        coordinator.post(f"{made.location}/decide", data={"version": "1", "state": "accepted"}).status_code
        == 400
    )


@ON_SQLITE
@pytest.mark.parametrize(
    ("marking", "contact_reads", "expert_reads", "nobody_reads"),
    [
        (Marking.CLEAR, True, True, True),
        (Marking.GREEN, True, True, False),
        (Marking.AMBER, True, False, False),
        (Marking.AMBER_STRICT, False, False, False),
        (Marking.RED, False, False, False),
    ],
)
def test_the_marking_says_who_reads_a_finding(
    database: Database,
    sign_in: SignIn,
    net: Net,
    marking: Marking,
    contact_reads: bool,
    expert_reads: bool,
    nobody_reads: bool,
) -> None:
    with database.transaction() as session:
        named = (net.coordinator.email,) if marking is Marking.RED else ()
        found = write_lesson(session, a_draft(title="Canary", marking=marking, named=named), by=net.by)
        page = f"/findings/{found.id}"
    for person, reads in ((net.contact, contact_reads), (net.expert, expert_reads), (net.coordinator, True)):
        browser = sign_in(person)
        assert (browser.get(page).status_code == 200) is reads
        for way in ("/findings", "/findings/cities", "/export/findings.csv"):
            is_listed = "Canary" in browser.get(way).text
            assert is_listed is (reads and not ("export" in way and marking is Marking.RED)), way


@ON_SQLITE
def test_the_list_is_filtered_by_kind_theme_phase_state_source_and_words(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        practice = a_draft(kind=LessonKind.PRACTICE, title="Second one", phase=Phase.RECOVER)
        write_lesson(session, practice, by=net.by)
    first, second = "Say early who leads", "Second one"
    for asked, shown, hidden in (
        ("kind=lesson", first, second),
        ("kind=notable+practice", second, first),
        (f"theme={net.theme.id}", first, second),
        ("phase=recover", second, first),
        ("state=identified", first, second),
        ("search=second", second, first),
    ):
        page = text_of(coordinator.get(f"/findings?{asked}"))
        assert shown in page, asked
        assert hidden not in page, asked
    assert "Nothing is here" in text_of(coordinator.get("/findings?source=cycle"))
    for asked in ("theme=x", "kind=rumour", "theme=99999999999999", "source=moon", "page=9"):
        assert first in text_of(coordinator.get(f"/findings?{asked}")), asked


@ON_SQLITE
def test_the_lists_take_as_many_statements_for_one_finding_as_for_thirty(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    ways = ("/findings", "/findings/cities")
    before = [statements_for(coordinator, way) for way in ways]
    with database.transaction() as session:
        for number in range(30):
            write_lesson(session, a_draft(title=f"Finding {number}", theme_id=net.theme.id), by=net.by)
    assert [statements_for(coordinator, way) for way in ways] == before


@ON_SQLITE
def test_a_finding_of_a_product_names_it_with_its_number_and_is_for_who_may_read_that(
    coordinator: FlaskClient, contact: FlaskClient, other: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        cycle = make_cycle(session, lead_city=session.get_one(City, net.london.id), marking="TLP:GREEN")
        product = Product(
            cycle_id=cycle.id,
            created_at=NOW,
            review_opened_at=NOW,
            published_at=NOW,
            published_number=1,
            published_marking=Marking.AMBER,
        )
        product.versions = [
            ProductVersion(
                number=1,
                title="Report on drones",
                marking=Marking.AMBER,
                text="",
                saved_at=NOW,
                person_id=net.lead.id,
            )
        ]
        session.add(product)
        session.flush()
        cycle_id, product_id = cycle.id, product.id
    sent = TYPED | {"product_id": str(product_id), "source": "", "source_link": "", "source_number": "4"}
    assert coordinator.post("/findings/new", data=sent | {"cycle_id": str(cycle_id)}).status_code == 400
    with database.transaction() as session:
        advice = ProductRecommendation(product_id=product_id, number=4, text="One room.", phase="respond")
        session.add(advice)
    way = f"/findings/new?product={product_id}&recommendation=4"
    assert way.replace("&", "&amp;") in coordinator.get(f"/cycles/{cycle_id}/product").text
    assert way.replace("&", "&amp;") not in contact.get(f"/cycles/{cycle_id}/product").text
    begun = form_values(coordinator.get(way))
    assert (begun["product_id"], begun["source_number"], begun["marking"]) == (
        str(product_id),
        "4",
        "TLP:AMBER",
    )
    assert (begun["title"], begun["phase"], begun["kind"]) == ("One room.", "respond", "recommendation")
    offered = f'<option value="{product_id}.4">Report on drones, 4: One room.</option>'
    assert offered in coordinator.get("/findings/new").text
    chosen = form_values(coordinator.get(f"/findings/new?begin={product_id}.4"))
    for field in ("product_id", "source_number", "marking", "title", "text", "phase", "kind"):
        assert chosen[field] == begun[field], field
    for nothing in ("product=999&recommendation=x", "begin=999.4", "begin=x", "begin=.4", "begin=1.x"):
        assert form_values(coordinator.get(f"/findings/new?{nothing}"))["title"] == ""
    made = coordinator.post("/findings/new", data=sent)
    assert made.status_code == 303, text_of(made)
    assert "Report on drones , no. 4" in text_of(contact.get(made.location))
    assert f"/cycles/{cycle_id}/product" in contact.get(made.location).text
    assert other.get(made.location).status_code == 404  # Sydney takes no part in what is TLP:AMBER
    assert "Share one room" in text_of(coordinator.get("/findings?source=product"))
    assert "Say early who leads" not in text_of(coordinator.get("/findings?source=product"))
    action = {"text": "Buy the masts", "owner": net.lead.email, "owner_city_id": "0", "due_on": "2027-05-03"}
    assert coordinator.post(f"{made.location}/actions/new", data=action).status_code == 303
    assert "Buy the masts" in text_of(contact.get(f"/cycles/{cycle_id}"))
    with database.transaction() as session:  # the product is for everybody, its exchange for who is named
        session.get_one(Product, product_id).published_marking = Marking.CLEAR
        session.get_one(Cycle, cycle_id).marking = Marking.AMBER_STRICT
        session.get_one(Cycle, cycle_id).title = "Canary exchange"
    page = text_of(other.get("/actions/1"))
    assert "Buy the masts" in page
    assert "Canary exchange" not in page
    assert "Canary exchange" in text_of(contact.get("/actions/1"))


@ON_SQLITE
def test_an_event_is_named_by_its_product_finding_and_actions_to_who_may_know_of_it_alone(
    contact: FlaskClient, other: FlaskClient, database: Database, net: Net
) -> None:
    """A report for everybody led to the title of its event: on an action's page, and on the next event's."""
    with database.transaction() as session:
        cities = [session.get_one(City, one.id) for one in (net.london, net.sydney)]
        hidden, after = (
            make_training(
                session,
                host_city=host,
                title=title,
                on_local=on,
                theme_id=net.theme.id,
                cities=of,
                marking=marking,
            )
            for host, title, on, of, marking in (
                (cities[0], "Canary exercise", date(2027, 3, 4), cities[:1], Marking.AMBER_STRICT),
                (cities[1], "Open seminar", date(2027, 9, 2), cities, Marking.GREEN),
            )
        )
        product = Product(
            kind=ProductKind.REPORT,
            training_id=hidden.id,
            created_at=NOW,
            review_opened_at=NOW,
            published_at=NOW,
            published_number=1,
            published_marking=Marking.CLEAR,
        )
        version = {"title": "Report on masts", "marking": Marking.CLEAR, "text": "", "saved_at": NOW}
        product.versions = [ProductVersion(number=1, person_id=net.lead.id, **version)]
        session.add(product)
        session.flush()
        lesson = session.get_one(Lesson, net.lesson_id)
        lesson.product_id, lesson.marking = product.id, Marking.GREEN
        action_id, after_id = an_action(session, net).id, after.id
    for path in (f"/actions/{action_id}", f"/trainings/{after_id}"):
        page = text_of(other.get(path))
        assert ("Write the call-out list anew" in page) is path.startswith("/actions")
        assert "Canary exercise" not in page
        assert "Canary exercise" in text_of(contact.get(path))


@ON_SQLITE
def test_what_is_found_within_tlp_red_leaves_by_no_file_and_no_link_alone(
    coordinator: FlaskClient, app: Flask, database: Database, settings: Settings, net: Net
) -> None:
    """The link of an action looked one step up: the finding was TLP:GREEN, and its exchange TLP:RED."""
    with database.transaction() as session:
        cycle = make_cycle(session, lead_city=session.get_one(City, net.london.id), marking="TLP:RED")
        cycle.title, cycle.named_ids = "Canary exchange", [net.coordinator.id or 0, net.contact.id or 0]
        lesson = session.get_one(Lesson, net.lesson_id)
        lesson.cycle_id, lesson.marking = cycle.id, Marking.GREEN
        lesson.source = lesson.source_number = ""
        task = Task(action_id=an_action(session, net).id)
        person = session.get_one(Person, net.contact.id)
        path = "/action/" + link_for(session, task, to=person, settings=settings, now=NOW).rsplit("/", 1)[1]
    assert "Say early who leads" in text_of(coordinator.get("/findings"))
    assert "Canary exchange" not in coordinator.get("/export/findings.csv").text
    stranger = app.test_client().get(path)
    assert stranger.status_code in {302, 303}
    assert "call-out list" not in stranger.text
