"""A product from its first version to the library and out of it, over pages, links taken from letters."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.content.queries import PUBLIC, entries_for
from exchange.feeds.publishing.publish import publish_stale
from exchange.models import AuditEntry, Cycle, Letter, LetterState, Person, Product, ProductReviewer
from exchange.products.reviews import note_silence
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.text_comparison import compared
from exchange.settings import Settings
from tests.contributions.conftest import AskedCycle, make_asked_cycle, queue_letters
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

REVIEW_MONDAY = datetime(2027, 11, 15, 14, tzinfo=UTC)  # week 7
AFTER_REVIEW = datetime(2027, 11, 20, 9, tzinfo=UTC)  # Saturday, Friday is over in Washington, too
PUBLISH_THURSDAY = datetime(2027, 11, 25, 15, tzinfo=UTC)


@pytest.fixture
def asking(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> AskedCycle:
    return make_asked_cycle(app, database, settings, clock, sign_in, marking="TLP:CLEAR")


def typed(version: str = "0", **more: str) -> dict[str, str]:
    values = {
        "version": version,
        "title": "Drones over crowds",
        "marking": "TLP:CLEAR",
        "text": "# Findings\n\nCities **train** together.",
    }
    return values | more


def everybody(asking: AskedCycle) -> str:
    """The addresses of all who take part, as the form takes them."""
    with asking.database.reading() as session:
        return "\n".join(session.exec(select(Person.email)))


def agree(browser: FlaskClient, path: str) -> int:
    """Agree to what the page shows."""
    (seen,) = set(re.findall(r'name="version"[^>]*value="(\d+)"', browser.get(path).text))
    return browser.post(f"{path}/agree", data={"version": seen}).status_code


def links_of(asking: AskedCycle, settings: Settings, kind: str) -> dict[str, str]:
    found = {}
    for letter in asking.letters(kind):
        link = re.search(re.escape(settings.base_url) + r"(/review/\S+)", letter.text)
        if link:
            found[letter.to_name] = link[1]
    return found


def test_story_26_each_comment_is_resolved_or_rejected_before_publication(
    asking: AskedCycle, settings: Settings
) -> None:
    base = f"/cycles/{asking.round.cycle.id}/product"
    asking.clock.set(REVIEW_MONDAY)
    chair, planner = asking.sign_in(asking.round.dora), asking.sign_in(asking.coordinator)
    outsider = asking.sign_in(asking.round.emil)
    for missing in (
        {"marking": ""},
        {"marking": "SECRET"},
        {"text": ""},
        {"title": ""},
        {"text": "TOP SECRET"},
    ):
        assert chair.post(f"{base}/edit", data=typed(**missing)).status_code == 400, missing
    assert "Choose a marking: TLP:CLEAR" in chair.post(f"{base}/edit", data=typed(marking="")).text
    assert chair.post(f"{base}/edit", data=typed()).status_code == 303
    assert outsider.get(base).status_code == 404
    assert outsider.get(f"{base}/edit").status_code == 404
    # Review letters wait until the draft is in review, and carry their reader's own link.
    queue_letters(asking.database, settings, asking.clock)
    assert asking.letters("E8") == []
    assert chair.post(f"{base}/review").status_code == 303
    assert chair.post(f"{base}/review").status_code == 409
    queue_letters(asking.database, settings, asking.clock)
    links = links_of(asking, settings, "E8")
    assert set(links) == {"Anna Contact", "Bea Lead", "Carl Contact"}

    anna, carl = asking.browser(), asking.browser()
    page = anna.get(links["Anna Contact"]).text
    assert "<h2>Findings</h2>" in page
    assert "by the end of Friday 19 November 2027 in London" in page
    assert (
        anna.post(
            links["Anna Contact"], data={"version": "1", "text": "Two dates are <b>wrong</b>."}
        ).status_code
        == 303
    )
    assert "None yet" in carl.get(links["Carl Contact"]).text
    assert agree(carl, links["Carl Contact"]) == 303
    assert anna.post(links["Anna Contact"], data={"text": ""}).status_code == 400
    foreign = anna.get(links["Anna Contact"].replace("/review/", "/answer/"))
    assert (foreign.status_code, "belongs to another page" in foreign.text) == (404, True)

    page = planner.get(base).text
    assert "Two dates are &lt;b&gt;wrong&lt;/b&gt;." in page
    assert "Silent: Bea Lead." in page
    # Only who said nothing is reminded.
    asking.clock.set(datetime(2027, 11, 17, 15, tzinfo=UTC))
    queue_letters(asking.database, settings, asking.clock)
    assert set(links_of(asking, settings, "E8-2d")) == {"Bea Lead"}
    assert links_of(asking, settings, "E8-2d")["Bea Lead"] == links["Bea Lead"]

    planner, chair = asking.sign_in(asking.coordinator), asking.sign_in(asking.round.dora)
    refused = planner.post(f"{base}/publish", data={"version": "1"})
    assert refused.status_code == 409
    assert "1 comments are undecided" in refused.text
    (decide,) = re.findall(rf'action="({base}/comments/\d+)"', page)
    assert planner.post(decide, data={"outcome": "rejected", "word": ""}).status_code == 400
    assert planner.post(decide, data={"outcome": "maybe", "word": "x"}).status_code == 400
    assert chair.post(decide, data={"outcome": "rejected", "word": "The dates are right."}).status_code == 303
    assert "The dates are right." in anna.get(links["Anna Contact"]).text
    assert "may still comment" in planner.post(f"{base}/publish", data={"version": "1"}).text

    # Silence is written down once its day has ended, and is no consent.
    asking.clock.set(AFTER_REVIEW)
    with asking.database.transaction() as session:
        assert note_silence(session, asking.clock()) == 1
        assert note_silence(session, asking.clock()) == 0
        (noted,) = [one for one in session.exec(select(ProductReviewer)) if one.silence_noted_at]
        assert noted.agreed_at is None
    planner, outsider = asking.sign_in(asking.coordinator), asking.sign_in(asking.round.emil)
    assert "Bea Lead" in planner.get(f"{base}/publish").text
    assert outsider.post(f"{base}/publish", data={"version": "1"}).status_code == 403
    assert planner.post(f"{base}/publish", data={"version": "1"}).status_code == 303
    with asking.database.reading() as session:
        trail = {one.action: one.after for one in session.exec(select(AuditEntry))}
        silent = f"person:{noted.person_id}"  # by number, so that erasing them leaves no name
    assert trail["publish product"] == {
        "version": 1,
        "marking": "TLP:CLEAR",
        "silent reviewers": [silent],
    }
    assert trail["note silence"] == {"reviewer": silent, "due": "2027-11-19"}


def test_nobody_agrees_to_a_version_they_have_not_read(asking: AskedCycle, settings: Settings) -> None:
    """The page was open while the writers saved another: the agreement was taken for that one."""
    base = f"/cycles/{asking.round.cycle.id}/product"
    asking.clock.set(REVIEW_MONDAY)
    planner = asking.sign_in(asking.coordinator)
    planner.post(f"{base}/edit", data=typed())
    planner.post(f"{base}/review")
    queue_letters(asking.database, settings, asking.clock)
    link, anna = links_of(asking, settings, "E8")["Anna Contact"], asking.browser()
    assert 'name="version" type="hidden" value="1"' in anna.get(link).text
    planner.post(f"{base}/edit", data=typed("1", text="# Findings\n\nCities train apart."))
    for seen in ("1", "", "junk", "99"):
        refused = anna.post(f"{link}/agree", data={"version": seen})
        assert refused.status_code == 409, seen
        assert "saved another version since you opened this page" in refused.text
        assert "Cities train apart." in refused.text
    assert anna.post(link, data={"version": "1", "text": "Together, please."}).status_code == 303
    assert "on version 1" in planner.get(base).text  # what was read is what was spoken of
    for seen in ("7", "junk", ""):
        refused = anna.post(link, data={"version": seen, "text": "Kept as typed"})
        assert (refused.status_code, "Kept as typed" in refused.text) == (409, True)
        assert 'name="version" type="hidden" value="2"' in refused.text
    assert anna.post(f"{link}/agree", data={"version": "2"}).status_code == 303


def published(asking: AskedCycle, settings: Settings, marking: str = "TLP:CLEAR") -> str:
    """A product that is out, without comments; the path of its page."""
    base = f"/cycles/{asking.round.cycle.id}/product"
    asking.clock.set(REVIEW_MONDAY)
    planner = asking.sign_in(asking.coordinator)
    planner.post(f"{base}/edit", data=typed(marking=marking))
    planner.post(f"{base}/review")
    asking.clock.set(AFTER_REVIEW)
    planner = asking.sign_in(asking.coordinator)
    ready = {"version": "1", "reason": "The board"}
    assert planner.post(f"{base}/publish", data=ready).status_code == 303
    return base


def calendar_of(asking: AskedCycle, settings: Settings) -> str:
    """The public calendar as it is served after the next tick: written apart from what pages read."""
    publish_stale(asking.database, settings, asking.clock())
    return asking.browser().get("/feeds/network.ics").text


def test_published_product_stands_in_library_letter_and_feed_until_withdrawn(
    asking: AskedCycle, settings: Settings
) -> None:
    base = published(asking, settings)
    visitor, planner = asking.browser(), asking.sign_in(asking.coordinator)
    assert "Drones over crowds" in visitor.get("/library").text
    assert "Cities <strong>train</strong> together." in visitor.get(base).text
    printed = visitor.get(f"{base}/print").text
    assert printed.count('class="paper-mark">TLP:CLEAR') == 2
    assert "<thead>" in printed
    with asking.database.reading() as session:
        assert [one.link for one in entries_for(session, PUBLIC)].count(base) == 1
    assert calendar_of(asking, settings).count(f"\r\nURL:{settings.base_url}{base}\r\n") == 1
    asking.clock.set(PUBLISH_THURSDAY)
    queue_letters(asking.database, settings, asking.clock)
    assert len(asking.letters("E9")) == 3  # Thanksgiving: Washington's people read of it a day later
    asking.clock.advance(days=1)
    queue_letters(asking.database, settings, asking.clock)
    letters = asking.letters("E9")
    assert len(letters) == 5
    assert all(f"{settings.base_url}{base}" in letter.text for letter in letters)
    planner = asking.sign_in(asking.coordinator)

    assert planner.post(f"{base}/edit", data=typed("1", text="new")).status_code == 409
    assert planner.post(f"{base}/withdraw", data={"reason": ""}).status_code == 400
    assert planner.post(f"{base}/withdraw", data={"reason": "A name stood in it."}).status_code == 303
    assert visitor.get(base).status_code == 404
    assert "Drones over crowds" not in visitor.get("/library").text
    with asking.database.reading() as session:
        assert base not in [one.link for one in entries_for(session, PUBLIC)]
    assert base not in calendar_of(asking, settings)
    assert "A name stood in it." in planner.get(base).text


def test_publication_is_told_only_when_the_product_is_out(asking: AskedCycle, settings: Settings) -> None:
    planner = asking.sign_in(asking.coordinator)
    base = f"/cycles/{asking.round.cycle.id}/product"
    planner.post(f"{base}/edit", data=typed())
    asking.clock.set(PUBLISH_THURSDAY)
    queue_letters(asking.database, settings, asking.clock)
    assert asking.letters("E9") == []


def test_nobody_publishes_a_version_they_have_not_read(asking: AskedCycle) -> None:
    """A typing mistake was mended, or more, while the coordinator looked at the page of publication."""
    base = f"/cycles/{asking.round.cycle.id}/product"
    asking.clock.set(REVIEW_MONDAY)
    planner = asking.sign_in(asking.coordinator)
    planner.post(f"{base}/edit", data=typed())
    planner.post(f"{base}/review")
    asking.clock.set(AFTER_REVIEW)
    planner, chair = asking.sign_in(asking.coordinator), asking.sign_in(asking.round.dora)
    assert 'name="version" type="hidden" value="1"' in planner.get(f"{base}/publish").text
    assert chair.post(f"{base}/edit", data=typed("1", text="Another text.")).status_code == 303
    for seen in ("1", "", "junk"):
        refused = planner.post(f"{base}/publish", data={"version": seen, "reason": "Agreed"})
        assert refused.status_code == 409
        assert "Version 2 was saved since you opened this page" in refused.text
        assert 'name="version" type="hidden" value="2"' in refused.text
    assert asking.browser().get(base).status_code == 404
    assert planner.post(f"{base}/publish", data={"version": "2", "reason": "Agreed"}).status_code == 303
    assert "Another text." in asking.browser().get(base).text


def test_need_to_know_product_opens_to_nobody_else(asking: AskedCycle, settings: Settings) -> None:
    base = published(asking, settings, "TLP:AMBER")
    assert asking.browser().get(base).status_code == 404
    assert "Drones over crowds" not in asking.browser().get("/library").text
    assert asking.sign_in(asking.round.emil).get(base).status_code == 200
    with asking.database.reading() as session:
        assert base not in [one.link for one in entries_for(session, PUBLIC)]


def test_second_writer_sees_what_the_first_saved_and_versions_compare(asking: AskedCycle) -> None:
    base = f"/cycles/{asking.round.cycle.id}/product"
    planner, chair = asking.sign_in(asking.coordinator), asking.sign_in(asking.round.dora)
    planner.post(f"{base}/edit", data=typed())
    clash = chair.post(f"{base}/edit", data=typed(text="of the chair"))
    assert clash.status_code == 409
    assert "Cities **train** together." in clash.text
    assert "of the chair" in clash.text
    assert chair.post(f"{base}/edit", data=typed("1", text="# Findings\n\nof the chair")).status_code == 303
    page = chair.get(f"{base}/compare?from=1&to=2").text
    assert "<del>Cities **train** together.</del>" in page
    assert "<ins>of the chair</ins>" in page
    assert chair.get(f"{base}/compare?from=9").status_code == 404
    assert chair.get(f"{base}/compare?from=junk&to=2").status_code == 200


def test_marking_below_the_exchanges_needs_a_reason(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    asking = make_asked_cycle(app, database, settings, clock, sign_in, marking="TLP:AMBER")
    base = f"/cycles/{asking.round.cycle.id}/product"
    asking.clock.set(REVIEW_MONDAY)
    planner = asking.sign_in(asking.coordinator)
    planner.post(f"{base}/edit", data=typed(marking="TLP:GREEN"))
    planner.post(f"{base}/review")
    asking.clock.set(AFTER_REVIEW)
    planner = asking.sign_in(asking.coordinator)
    refused = planner.post(f"{base}/publish", data={"version": "1", "reason": ""})
    assert refused.status_code == 400
    assert "write who agreed to it and why" in refused.text


@pytest.mark.parametrize(
    ("marking", "visitor", "member", "part"),
    [
        (Marking.CLEAR, True, True, True),
        (Marking.GREEN, False, True, True),
        (Marking.AMBER, False, False, True),
        (Marking.AMBER_STRICT, False, False, True),
        (Marking.RED, False, False, False),
        ("", False, False, False),
    ],
)
def test_each_marking_opens_a_product_to_its_ring(
    marking: str, visitor: bool, member: bool, part: bool
) -> None:
    cycle = Thing(Kind.CYCLE, "TLP:GREEN", lead_city=1)
    product = Thing(Kind.PRODUCT, marking, named=frozenset({9}), container=cycle)
    assert may(NOBODY, Right.READ, product) is visitor
    assert may(Standing(7, is_in_network=True), Right.READ, product) is member
    of_lead = Standing(8, is_in_network=True, cities=frozenset({1}))
    assert may(of_lead, Right.READ, product) is part
    assert may(replace(of_lead, person_id=9), Right.READ, product) is (marking != "")


def test_comparison_keeps_a_little_around_a_change_and_leaves_out_the_rest() -> None:
    before = "\n".join(f"line {n}" for n in range(20))
    lines = compared(before, before.replace("line 10", "line ten"))
    assert [(one.kind, one.text) for one in lines if one.kind in {"added", "removed"}] == [
        ("removed", "line 10"),
        ("added", "line ten"),
    ]
    assert [one.kind for one in lines].count("gap") == 2
    assert [one.kind for one in compared("same", "same")] == ["gap"]


def test_red_exchange_is_reviewed_signed_in_and_no_letter_leads_in_by_itself(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    """Its letters hold no link, as they should, and nothing else led a reviewer to the draft."""
    asking = make_asked_cycle(app, database, settings, clock, sign_in, marking="TLP:RED")
    cycle = f"/cycles/{asking.round.cycle.id}"
    asking.clock.set(REVIEW_MONDAY)
    writer = asking.sign_in(asking.coordinator)
    writer.post(f"{cycle}/product/edit", data=typed(marking="TLP:RED", named=everybody(asking)))
    anna = asking.sign_in(asking.round.anna)
    assert f'href="{cycle}/review"' not in anna.get(cycle).text  # a draft is nobody's to review
    assert anna.get(f"{cycle}/review").status_code == 404
    writer.post(f"{cycle}/product/review")
    queue_letters(asking.database, settings, asking.clock)
    (letter,) = [one for one in asking.letters("E8") if one.to_name == "Anna Contact"]
    assert "/review" not in letter.text + letter.html
    assert f"{settings.base_url}{cycle}\n" in letter.text

    assert f'href="{cycle}/review"' in anna.get(cycle).text
    assert "Drones over crowds" in anna.get(f"{cycle}/review").text
    assert anna.post(f"{cycle}/review", data={"text": ""}).status_code == 400
    assert (
        anna.post(f"{cycle}/review", data={"version": "1", "text": "A date is wrong."}).location
        == f"{cycle}/review"
    )
    assert "A date is wrong." in anna.get(f"{cycle}/review").text
    carl = asking.sign_in(asking.round.carl)
    assert "A date is wrong." not in carl.get(f"{cycle}/review").text  # each has a part of their own
    assert agree(carl, f"{cycle}/review") == 303
    assert "You agree" in carl.get(f"{cycle}/review").text
    for nobody in (asking.round.emil, asking.coordinator):  # not asked
        browser = asking.sign_in(nobody)
        assert f'href="{cycle}/review"' not in browser.get(cycle).text
        assert browser.get(f"{cycle}/review").status_code == 404
        assert browser.post(f"{cycle}/review/agree").status_code == 404
    assert asking.browser().get(f"{cycle}/review").status_code == 303  # to the sign-in
    # Whose city is no longer part of it has no way in.
    with database.transaction() as session:
        found = session.get(Cycle, asking.round.cycle.id)
        assert found is not None
        found.cities = []
    assert carl.get(f"{cycle}/review").status_code == 404


def test_red_product_of_an_open_exchange_is_not_linked_in_letters_either(
    asking: AskedCycle, settings: Settings
) -> None:
    base = f"/cycles/{asking.round.cycle.id}/product"
    asking.clock.set(REVIEW_MONDAY)
    writer = asking.sign_in(asking.coordinator)
    writer.post(f"{base}/edit", data=typed(marking="TLP:RED", named=everybody(asking)))
    writer.post(f"{base}/review")
    queue_letters(asking.database, settings, asking.clock)
    assert len(asking.letters("E8")) == 3
    assert links_of(asking, settings, "E8") == {}


def test_page_of_an_exchange_leads_its_writers_to_the_product_and_readers_once_it_is_out(
    asking: AskedCycle, settings: Settings
) -> None:
    """The page asked for the way and nobody gave it: the button was never there."""
    cycle = f"/cycles/{asking.round.cycle.id}"
    way = f'href="{cycle}/product"'
    for writer in (asking.coordinator, asking.round.dora, asking.round.bea):
        assert way in asking.sign_in(writer).get(cycle).text
    assert way not in asking.sign_in(asking.round.emil).get(cycle).text
    published(asking, settings)
    assert way in asking.sign_in(asking.round.emil).get(cycle).text


def publish_again(asking: AskedCycle, base: str, now: datetime, *, new_text: str = "") -> None:
    """Withdraw what is out, write another version or none, and let it out after a review of a week."""
    asking.clock.set(now)
    planner = asking.sign_in(asking.coordinator)
    assert planner.post(f"{base}/withdraw", data={"reason": "A date was wrong."}).status_code == 303
    with asking.database.transaction() as session:
        (product,) = session.exec(select(Product)).all()
        number = product.versions[-1].number
        stage = next(one for one in product.cycle.stages if one.key == "review")
        stage.starts_on, stage.ends_on = now.date(), now.date() + timedelta(days=6)
    if new_text:
        assert planner.post(f"{base}/edit", data=typed(str(number), text=new_text)).status_code == 303
    assert planner.post(f"{base}/review").status_code == 303
    asking.clock.advance(days=8)
    planner = asking.sign_in(asking.coordinator)
    ready = {"version": str(number + bool(new_text)), "reason": "The board"}
    assert planner.post(f"{base}/publish", data=ready).status_code == 303


def run_days(asking: AskedCycle, settings: Settings) -> None:
    """Some ticks of four days, after each of which its letters are sent."""
    for _ in range(8):
        queue_letters(asking.database, settings, asking.clock)
        with asking.database.transaction() as session:
            session.connection().execute(update(Letter).values(state=LetterState.SENT))
        asking.clock.advance(hours=12)


def test_new_version_is_told_once_to_everybody_who_had_the_first(
    asking: AskedCycle, settings: Settings
) -> None:
    """Nobody heard of it: the letter of the first version was the only one a cycle had."""
    base = published(asking, settings)
    asking.clock.set(PUBLISH_THURSDAY)
    run_days(asking, settings)
    assert len(asking.letters("E9")) == 5
    with asking.database.transaction() as session:
        (product,) = session.exec(select(Product)).all()
        for stage in product.cycle.stages:
            stage.done_at = asking.clock()  # the exchange is over in every way
    long_after = datetime(2028, 7, 3, 10, tzinfo=UTC)
    publish_again(asking, base, long_after, new_text="# Findings\n\nCities train apart.")
    run_days(asking, settings)
    run_days(asking, settings)
    assert len(asking.letters("E9")) == 5
    news = asking.letters("E9-new")
    assert sorted(one.to_name for one in news) == sorted(one.to_name for one in asking.letters("E9"))
    assert len({one.person_id for one in news}) == 5
    assert all(re.search(r"New version of \w+ \d+ Jul: ", one.subject) for one in news)
    assert all(f"{settings.base_url}{base}" in one.text for one in news)
    # The same version let out once more is no news.
    publish_again(asking, base, asking.clock())
    run_days(asking, settings)
    assert len(asking.letters("E9-new")) == 5


def test_version_that_nobody_was_told_of_makes_the_next_the_first_they_hear_of(
    asking: AskedCycle, settings: Settings
) -> None:
    base = published(asking, settings)
    asking.clock.advance(hours=1)
    publish_again(asking, base, asking.clock(), new_text="Mended before Thursday.")
    asking.clock.set(PUBLISH_THURSDAY + timedelta(days=7))
    run_days(asking, settings)
    assert len(asking.letters("E9")) == 5
    assert asking.letters("E9-new") == []


def test_second_review_asks_everybody_anew_and_what_was_said_before_is_no_consent(
    asking: AskedCycle, settings: Settings
) -> None:
    base = f"/cycles/{asking.round.cycle.id}/product"
    asking.clock.set(REVIEW_MONDAY)
    planner = asking.sign_in(asking.coordinator)
    planner.post(f"{base}/edit", data=typed())
    planner.post(f"{base}/review")
    queue_letters(asking.database, settings, asking.clock)
    links = links_of(asking, settings, "E8")
    assert len(links) == 3
    for link in links.values():
        assert agree(asking.browser(), link) == 303
    assert planner.post(f"{base}/publish", data={"version": "1"}).status_code == 303  # everybody has spoken
    asking.clock.advance(hours=1)
    with asking.database.transaction() as session:
        (product,) = session.exec(select(Product)).all()
        stage = next(one for one in product.cycle.stages if one.key == "review")
        stage.ends_on += timedelta(days=7)
    assert planner.post(f"{base}/withdraw", data={"reason": "Wrong."}).status_code == 303
    assert planner.post(f"{base}/edit", data=typed("1", text="Mended.")).status_code == 303
    assert planner.post(f"{base}/review").status_code == 303
    assert "may still comment" in planner.post(f"{base}/publish", data={"version": "1"}).text
    queue_letters(asking.database, settings, asking.clock)
    queue_letters(asking.database, settings, asking.clock)
    assert len(asking.letters("E8")) == 6
    assert "Mended." in asking.browser().get(links["Anna Contact"]).text


def test_a_version_with_another_marking_leaves_an_entry_and_a_lower_one_needs_a_reason(
    asking: AskedCycle,
) -> None:
    """Whoever wrote a version for few is asked before the next one is for many."""
    base = f"/cycles/{asking.round.cycle.id}/product"
    planner = asking.sign_in(asking.coordinator)
    for number, marking in enumerate(("TLP:AMBER", "TLP:AMBER+STRICT")):
        assert planner.post(f"{base}/edit", data=typed(str(number), marking=marking)).status_code == 303
    lower = typed("2", marking="TLP:GREEN")
    refused = planner.post(f"{base}/edit", data=lower)
    assert refused.status_code == 400
    assert "write who agreed to it and why" in refused.text
    agreed = lower | {"reason": "Dora, who wrote it, agreed by telephone."}
    assert planner.post(f"{base}/edit", data=agreed).status_code == 303
    same = typed("3", marking="TLP:GREEN", text="Another text.")
    assert planner.post(f"{base}/edit", data=same).status_code == 303
    with asking.database.reading() as session:
        product = session.exec(select(Product)).one()
        changes = session.exec(select(AuditEntry).where(AuditEntry.action == "change marking")).all()
    into = {"in": f"cycle:{asking.round.cycle.id}"}
    assert {one.subject for one in changes} == {f"product:{product.id}"}
    assert [(one.before, one.after, one.reason) for one in changes] == [
        ({"marking": "TLP:AMBER"}, {"marking": "TLP:AMBER+STRICT"} | into, ""),
        (
            {"marking": "TLP:AMBER+STRICT"},
            {"marking": "TLP:GREEN"} | into,
            "Dora, who wrote it, agreed by telephone.",
        ),
    ]
