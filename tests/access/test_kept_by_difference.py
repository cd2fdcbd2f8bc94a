"""What tells of a thing without showing its page: queries, counts, dates offered, lists beside it, calendars.

Each got a text or a number that told of what its reader may not know.
"""

import csv
import io
from datetime import date, timedelta
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.access.kept_back import kept_back_from
from exchange.cycles.queries import usual_start
from exchange.db import Database
from exchange.feeds.content.feed_owners import audience_of
from exchange.feeds.content.queries import entries_for
from exchange.mail.outbox.letter_queue import TRIAL, ComposedLetter, queue
from exchange.models import (
    City,
    Cycle,
    Feed,
    FeedKind,
    Membership,
    Person,
    PersonRole,
    Product,
    ProductReviewer,
    ProductVersion,
    ReviewComment,
    Role,
    TrainingEvent,
)
from exchange.planner.problem.problem import Burden
from exchange.planning.burdens.programme_meetings import meetings_between
from exchange.planning.pages.fairness_views import for_everybody
from exchange.planning.pages.queries import ledger
from exchange.programme.queries import next_year_planned, training_dates
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.queries import rhythm_dates
from tests.access.routes import ON_SQLITE
from tests.access.world import NOW, WORDS, World
from tests.factories import make_city, make_cycle, make_person, make_training, stage_plan
from tests.pages import text_of
from tests.sign_in import SignIn

RED_WORD = WORDS[Marking.RED]
pytestmark = [ON_SQLITE, pytest.mark.slow]


def browser_of(name: str, world: World, database: Database, sign_in: SignIn) -> FlaskClient:
    with database.reading() as session:
        return sign_in(session.get_one(Person, world.people[name]))


def red(session: Session, table: type[Cycle] | type[TrainingEvent]) -> Cycle | TrainingEvent:
    published = select(table).where(table.marking == Marking.RED, table.published_at != None)  # noqa: E711
    return session.exec(published).one()


@pytest.mark.parametrize("path", ["/letters/wordings", "/letters/wordings/E1", "/letters"])
def test_an_id_behind_the_question_mark_opens_no_more_than_one_in_the_address(
    world: World, database: Database, sign_in: SignIn, path: str
) -> None:
    """The guard of planners' routes knows the arguments of a route alone: ?cycle= went past it."""
    with database.reading() as session:
        hidden = red(session, Cycle).id
    cora = browser_of("coordinator", world, database, sign_in)
    answer, absent = cora.get(f"{path}?cycle={hidden}"), cora.get(f"{path}?cycle=987654")
    assert (answer.status_code, text_of(answer)) == (absent.status_code, text_of(absent))
    assert f"Canary-cycle-{RED_WORD}" not in answer.text
    nina = browser_of("named coordinator", world, database, sign_in)
    assert nina.get(f"{path}?cycle={hidden}").status_code == 200


def test_a_list_of_answers_holds_none_that_its_reader_may_not_know_of(
    world: World, database: Database, sign_in: SignIn
) -> None:
    """It named the city of each closed answer beside its marking, RED ones too."""
    with database.reading() as session:
        amber = session.exec(select(Cycle).where(Cycle.title == "Canary-cycle-amb")).one().id
    for name, sees_red in (("coordinator", False), ("lead", False), ("contact", True)):
        page = text_of(browser_of(name, world, database, sign_in).get(f"/cycles/{amber}/answers"))
        listed = page.partition("Answers Take the notes along")[2]
        assert ("TLP:RED" in listed) is sees_red, name
        assert "TLP:GREEN" in listed


def test_what_each_city_bears_is_for_the_network_and_without_red(
    world: World, database: Database, sign_in: SignIn
) -> None:
    for name, status in (
        ("contact", 200),
        ("auditor", 200),
        ("coordinator", 200),
        ("contact of a city that left", 404),
        ("lead of a city that left", 404),
    ):
        browser = browser_of(name, world, database, sign_in)
        assert browser.get("/fairness").status_code == status, name
        assert ("/fairness" in browser.get("/").text) is (status == 200 and name != "coordinator"), name
    with database.reading() as session:
        of_all = ledger(session, NOW, NOW.date(), plan=stage_plan(), weights=Burden())
        names = {cost.meeting.title for account in of_all.accounts for cost in account.costs}
        assert "Private" in names
        told = for_everybody(of_all)
        assert not any(cost.meeting.is_private for account in told.accounts for cost in account.costs)
        meetings = meetings_between(session, NOW, NOW + timedelta(days=400), plan=stage_plan())
        assert any(one.is_private for one in meetings)


def test_no_date_and_no_count_comes_from_what_is_red(world: World, database: Database) -> None:
    """The year that opens, the rhythm's gauge and the next start told that something stood there."""
    with database.transaction() as session:
        stockholm = session.exec(select(City).where(City.slug == "stockholm")).one()
        nina = [world.people["named coordinator"]]
        make_training(
            session, host_city=stockholm, marking="TLP:RED", named_ids=nina, on_local=date(2029, 5, 3)
        )
        last = make_cycle(
            session, lead_city=stockholm, marking="TLP:RED", named_ids=nina, starts_on=date(2029, 3, 5)
        )
        after = last.starts_on
    today = date(2028, 6, 1)  # all but the RED ones of 2029 are over
    with database.reading() as session:
        kept = {name: kept_back_from(session, world.standings[name]) for name in world.standings}
        assert next_year_planned(session, kept["coordinator"], today) is None
        assert next_year_planned(session, kept["named coordinator"], today) == 2029
        days = {name: training_dates(session, kept[name], world.standings[name]) for name in kept}
        assert date(2029, 5, 3) not in days["coordinator"]
        assert date(2029, 5, 3) in days["named coordinator"]
        assert date(2029, 5, 3) not in rhythm_dates(session)
        assert usual_start(session, stage_plan(), NOW.date()) < after


def test_an_earlier_version_of_a_product_keeps_the_marking_it_was_saved_with(
    world: World, database: Database, sign_in: SignIn
) -> None:
    """Whoever might write the last version read all earlier ones, and what was said of them."""
    nina = world.people["named coordinator"]
    with database.transaction() as session:
        stockholm = session.exec(select(City).where(City.slug == "stockholm")).one()
        cycle = make_cycle(session, lead_city=stockholm, marking="TLP:AMBER", starts_on=date(2027, 1, 11))
        product = Product(cycle_id=cycle.id, created_at=NOW, review_opened_at=NOW, review_due_on=NOW.date())
        session.add(product)
        session.flush()
        for number, marking, named in ((1, "TLP:RED", [nina]), (2, "TLP:AMBER", []), (3, "TLP:AMBER", [])):
            session.add(
                ProductVersion(
                    product_id=product.id,
                    number=number,
                    title=f"Title {number}",
                    marking=marking,
                    named_ids=named,
                    text=f"Text of version {number}",
                    person_id=nina,
                    saved_at=NOW,
                )
            )
        reviewer = ProductReviewer(product_id=product.id, person_id=nina, asked_at=NOW)
        session.add(reviewer)
        session.flush()
        comment = ReviewComment(
            reviewer_id=reviewer.id, version_number=1, text="Said of the first", made_at=NOW
        )
        session.add(comment)
        session.flush()
        base, comment_id = f"/cycles/{cycle.id}/product", comment.id
    decide = {"outcome": "resolved", "word": "Done"}
    for name, knows in (("coordinator", False), ("named coordinator", True)):
        browser = browser_of(name, world, database, sign_in)
        assert browser.get(f"{base}/compare?from=2&to=3").status_code == 200
        for query in ("from=1&to=2", "from=1&to=3", "from=3&to=1", "to=2"):
            answer = browser.get(f"{base}/compare?{query}")
            assert answer.status_code == (200 if knows else 404), (name, query)
            assert ("Text of version 1" in answer.text) is knows
        page = browser.get(base).text
        assert ("Said of the first" in page) is knows
        assert ("TLP:RED" in page) is knows
        answer = browser.post(f"{base}/comments/{comment_id}", data=decide)
        assert (answer.status_code == 303) is knows


def test_history_of_an_exchange_says_nothing_of_a_product_for_named_people(
    world: World, database: Database, sign_in: SignIn
) -> None:
    with database.reading() as session:
        # Its product is RED: two markings on from AMBER.
        cycle_id = session.exec(select(Cycle).where(Cycle.title == "Canary-cycle-amb")).one().id
    nina = browser_of("named coordinator", world, database, sign_in)
    answer = nina.post(
        f"/cycles/{cycle_id}/product/withdraw", data={"reason": "A canary reason", "version": "1"}
    )
    assert answer.status_code == 303
    assert "A canary reason" in nina.get(f"/cycles/{cycle_id}").text
    cora = browser_of("coordinator", world, database, sign_in)
    page = cora.get(f"/cycles/{cycle_id}").text
    assert "Canary-cycle-amb" in page
    for path in (f"/cycles/{cycle_id}", "/audit", "/audit.csv", f"/audit?subject=cycle:{cycle_id}"):
        assert "A canary reason" not in cora.get(path).text, path
    assert "withdrew the product" not in page


def test_the_trail_does_not_say_which_red_thing_an_entry_is_about(
    world: World, database: Database, sign_in: SignIn
) -> None:
    with database.reading() as session:
        hidden = red(session, Cycle).id
    nina = browser_of("named coordinator", world, database, sign_in)
    key = "launch"
    assert nina.post(f"/cycles/{hidden}/stages/{key}/done").status_code == 303
    assert f"cycle {hidden}" in nina.get("/audit").text
    for name in ("coordinator", "auditor"):
        browser = browser_of(name, world, database, sign_in)
        rows = list(csv.DictReader(io.StringIO(browser.get("/audit.csv").text.lstrip("\ufeff"))))
        assert "cycle" in {row["to what"] for row in rows}
        assert f"cycle {hidden}" not in {row["to what"] for row in rows}
        found, absent = (
            browser.get(f"/audit?subject=cycle:{hidden}"),
            browser.get("/audit?subject=cycle:987654"),
        )
        assert text_of(found).count("cycle") == text_of(absent).count("cycle")


def test_a_trial_letter_is_for_who_sent_it_to_themselves(
    world: World, database: Database, sign_in: SignIn
) -> None:
    """It does not hold what it was about, so that no raised marking ever took it out of the list."""
    with database.transaction() as session:
        nina = session.get_one(Person, world.people["named coordinator"])
        letter = ComposedLetter(subject="Canary trial", text="Canary trial", html="Canary trial")
        made = queue(session, letter, to=nina, once_key="trial:1", kind=TRIAL, why="A try.", now=NOW)
        assert made is not None
        path = f"/letters/{made.id}"
    cora = browser_of("coordinator", world, database, sign_in)
    for address in ("/letters/sent", path, f"{path}/html", "/export/letters.csv"):
        assert "Canary trial" not in cora.get(address).text, address
    assert "Canary trial" in browser_of("named coordinator", world, database, sign_in).get(path).text


def test_a_calendar_one_has_no_right_to_is_answered_like_none(
    world: World, database: Database, sign_in: SignIn
) -> None:
    """403 told a contact of Paris which other cities and groups have one, and of busy times too."""
    with database.reading() as session:
        feeds = {feed.id: feed for feed in session.exec(select(Feed))}
        paris = session.exec(select(City).where(City.slug == "paris")).one().id
    ugo = browser_of("uninvited contact", world, database, sign_in)
    absent = ugo.get("/feeds/987654/replace")
    for feed_id, feed in feeds.items():
        if feed.kind == FeedKind.NETWORK or feed.city_id == paris:
            continue
        for deed in ("replace", "revoke"):
            answer = ugo.get(f"/feeds/{feed_id}/{deed}")
            assert (answer.status_code, text_of(answer)) == (absent.status_code, text_of(absent)), feed


@pytest.mark.parametrize("on", [date(2027, 3, 31), date(2027, 6, 30)])
def test_a_calendar_shows_nothing_of_a_city_outside_its_memberships(database: Database, on: date) -> None:
    """A city that leaves and comes back on a day that is known read on in the meantime."""
    with database.transaction() as session:
        stockholm, boston = (
            make_city(session, "Stockholm"),
            make_city(session, "Boston", ends_on=date(2027, 3, 30)),
        )
        boston.memberships.append(Membership(status="member", starts_on=date(2027, 7, 1)))
        bo = make_person(session, "Bo", city=boston)
        feeds = [Feed(kind=FeedKind.CITY, city_id=boston.id), Feed(kind=FeedKind.PERSON, person_id=bo.id)]
        session.add_all(feeds)
        make_training(session, host_city=stockholm, cities=[boston], marking="TLP:AMBER")
        session.flush()
        shown = {
            day: [len(entries_for(session, audience_of(feed, on=day))) for feed in feeds]
            for day in (date(2027, 3, 30), on, date(2027, 7, 1))
        }
    assert shown == {date(2027, 3, 30): [1, 1], on: [0, 0], date(2027, 7, 1): [1, 1]}


def test_who_is_named_has_a_private_block_while_they_are_of_the_network(database: Database) -> None:
    """Also of an event that names people alone, and no city or group: it stood in nobody's calendar."""
    with database.transaction() as session:
        stockholm = make_city(session, "Stockholm")
        emil = make_person(session, "Emil", city=stockholm, roles=[Role.EXPERT])
        feed = Feed(kind=FeedKind.PERSON, person_id=emil.id)
        session.add(feed)
        make_training(session, host_city=stockholm, marking="TLP:RED", named_ids=[emil.id or 0])
        session.flush()
        assert len(entries_for(session, audience_of(feed, on=date(2027, 3, 1)))) == 1
        for role in session.exec(select(PersonRole)).all():
            session.delete(role)
        session.flush()
        session.expire_all()
        assert entries_for(session, audience_of(feed, on=date(2027, 3, 1))) == []


def test_somebody_elses_data_hold_no_row_of_what_is_red(
    app: Flask, world: World, database: Database, sign_in: SignIn
) -> None:
    """The text was left out, and the row said that there was one, of which exchange and when."""
    cora = browser_of("coordinator", world, database, sign_in)
    answer = cora.post(f"/people/{world.people['chair']}/data.zip")
    assert answer.status_code == 200
    with ZipFile(io.BytesIO(answer.data)) as archive:
        everything = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert "TLP:RED" not in everything
    assert "TLP:AMBER" in everything


def test_own_data_name_no_exchange_that_one_may_no_longer_know_of(
    world: World, database: Database, sign_in: SignIn
) -> None:
    """The title went along as it is today, also to somebody who left."""
    answer = browser_of("contact of a city that left", world, database, sign_in).post("/account/data.zip")
    with ZipFile(io.BytesIO(answer.data)) as archive:
        everything = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert "Canary-answer-grn-in-amb" in everything  # their own words
    assert "Canary-cycle-clr" in everything
    for word in ("grn", "amb", "ast", "red"):
        assert f"Canary-cycle-{word}" not in everything


def test_an_import_is_not_told_that_something_red_is_like_its_row(
    world: World, database: Database, sign_in: SignIn
) -> None:
    """ "Already there" told whoever guessed the title, the city and the day."""
    row = f"training,Canary-event-{RED_WORD},2027-03-11,10:00,Stockholm,TLP:AMBER\n"
    typed = {"city": "Stockholm", "marking": "TLP:GREEN", "kind": "seminar", "mode": "hybrid", "look": "1"}
    for name, word in (("coordinator", "New training event"), ("named coordinator", "Already here")):
        content = io.BytesIO(f"kind,title,date,start,city,marking\n{row}".encode())
        answer = browser_of(name, world, database, sign_in).post(
            "/import", data=typed | {"file": (content, "rows.csv")}, content_type="multipart/form-data"
        )
        assert word in text_of(answer), name
