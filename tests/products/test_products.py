"""A product from its first version to the library and out of it, over pages, links taken from letters."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.publish import publish_stale
from exchange.feeds.queries import PUBLIC, entries_for
from exchange.models import AuditEntry, Cycle, Letter, LetterState, Product, ProductReviewer
from exchange.products.compare import compared
from exchange.products.reviewing import note_silence
from exchange.rules.markings import Marking
from exchange.rules.product_rings import may_open_product
from exchange.settings import Settings
from tests.contributions.conftest import Desk, make_desk, queue_letters
from tests.door import Door
from tests.hand_clock import HandClock

REVIEW_MONDAY = datetime(2027, 11, 15, 14, tzinfo=UTC)  # week 7
AFTER_REVIEW = datetime(2027, 11, 20, 9, tzinfo=UTC)  # Saturday, Friday is over in Washington, too
PUBLISH_THURSDAY = datetime(2027, 11, 25, 15, tzinfo=UTC)


@pytest.fixture
def desk(app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door) -> Desk:
    return make_desk(app, database, settings, clock, door, marking="TLP:CLEAR")


def typed(version: str = "0", **more: str) -> dict[str, str]:
    values = {
        "version": version,
        "title": "Drones over crowds",
        "marking": "TLP:CLEAR",
        "text": "# Findings\n\nCities **train** together.",
    }
    return values | more


def agree(browser: FlaskClient, path: str) -> int:
    """Agree to what the page shows."""
    (seen,) = set(re.findall(r'name="version"[^>]*value="(\d+)"', browser.get(path).text))
    return browser.post(f"{path}/agree", data={"version": seen}).status_code


def links_of(desk: Desk, settings: Settings, kind: str) -> dict[str, str]:
    found = {}
    for letter in desk.letters(kind):
        link = re.search(re.escape(settings.base_url) + r"(/review/\S+)", letter.text)
        if link:
            found[letter.to_name] = link[1]
    return found


def test_story_26_each_comment_is_resolved_or_rejected_before_publication(
    desk: Desk, settings: Settings
) -> None:
    base = f"/cycles/{desk.round.cycle.id}/product"
    desk.clock.set(REVIEW_MONDAY)
    chair, planner = desk.door.let_in(desk.round.dora), desk.door.let_in(desk.coordinator)
    outsider = desk.door.let_in(desk.round.emil)
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
    queue_letters(desk.database, settings, desk.clock)
    assert desk.letters("E8") == []
    assert chair.post(f"{base}/review").status_code == 303
    assert chair.post(f"{base}/review").status_code == 409
    queue_letters(desk.database, settings, desk.clock)
    links = links_of(desk, settings, "E8")
    assert set(links) == {"Anna Contact", "Bea Lead", "Carl Contact"}

    anna, carl = desk.browser(), desk.browser()
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
    desk.clock.set(datetime(2027, 11, 17, 15, tzinfo=UTC))
    queue_letters(desk.database, settings, desk.clock)
    assert set(links_of(desk, settings, "E8-2d")) == {"Bea Lead"}
    assert links_of(desk, settings, "E8-2d")["Bea Lead"] == links["Bea Lead"]

    planner, chair = desk.door.let_in(desk.coordinator), desk.door.let_in(desk.round.dora)
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
    desk.clock.set(AFTER_REVIEW)
    with desk.database.transaction() as session:
        assert note_silence(session, desk.clock()) == 1
        assert note_silence(session, desk.clock()) == 0
        (noted,) = [one for one in session.exec(select(ProductReviewer)) if one.silence_noted_at]
        assert noted.agreed_at is None
    planner, outsider = desk.door.let_in(desk.coordinator), desk.door.let_in(desk.round.emil)
    assert "Bea Lead" in planner.get(f"{base}/publish").text
    assert outsider.post(f"{base}/publish", data={"version": "1"}).status_code == 403
    assert planner.post(f"{base}/publish", data={"version": "1"}).status_code == 303
    with desk.database.reading() as session:
        trail = {one.action: one.after for one in session.exec(select(AuditEntry))}
    assert trail["publish product"] == {
        "version": 1,
        "marking": "TLP:CLEAR",
        "silent reviewers": ["Bea Lead"],
    }
    assert trail["note silence"] == {"reviewer": "Bea Lead", "due": "2027-11-19"}


def test_nobody_agrees_to_a_version_they_have_not_read(desk: Desk, settings: Settings) -> None:
    """The page was open while the writers saved another: the agreement was taken for that one."""
    base = f"/cycles/{desk.round.cycle.id}/product"
    desk.clock.set(REVIEW_MONDAY)
    planner = desk.door.let_in(desk.coordinator)
    planner.post(f"{base}/edit", data=typed())
    planner.post(f"{base}/review")
    queue_letters(desk.database, settings, desk.clock)
    link, anna = links_of(desk, settings, "E8")["Anna Contact"], desk.browser()
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


def published(desk: Desk, settings: Settings, marking: str = "TLP:CLEAR") -> str:
    """A product that is out, without comments; the path of its page."""
    base = f"/cycles/{desk.round.cycle.id}/product"
    desk.clock.set(REVIEW_MONDAY)
    planner = desk.door.let_in(desk.coordinator)
    planner.post(f"{base}/edit", data=typed(marking=marking))
    planner.post(f"{base}/review")
    desk.clock.set(AFTER_REVIEW)
    planner = desk.door.let_in(desk.coordinator)
    ready = {"version": "1", "reason": "The board"}
    assert planner.post(f"{base}/publish", data=ready).status_code == 303
    return base


def calendar_of(desk: Desk, settings: Settings) -> str:
    """The public calendar as it is served after the next tick: written apart from what pages read."""
    publish_stale(desk.database, settings, desk.clock())
    return desk.browser().get("/feeds/network.ics").text


def test_published_product_stands_in_library_letter_and_feed_until_withdrawn(
    desk: Desk, settings: Settings
) -> None:
    base = published(desk, settings)
    visitor, planner = desk.browser(), desk.door.let_in(desk.coordinator)
    assert "Drones over crowds" in visitor.get("/library").text
    assert "Cities <strong>train</strong> together." in visitor.get(base).text
    printed = visitor.get(f"{base}/print").text
    assert printed.count('class="paper-mark">TLP:CLEAR') == 2
    assert "<thead>" in printed
    with desk.database.reading() as session:
        assert [one.link for one in entries_for(session, PUBLIC)].count(base) == 1
    assert calendar_of(desk, settings).count(f"\r\nURL:{settings.base_url}{base}\r\n") == 1
    desk.clock.set(PUBLISH_THURSDAY)
    queue_letters(desk.database, settings, desk.clock)
    assert len(desk.letters("E9")) == 3  # Thanksgiving: Washington's people read of it a day later
    desk.clock.advance(days=1)
    queue_letters(desk.database, settings, desk.clock)
    letters = desk.letters("E9")
    assert len(letters) == 5
    assert all(f"{settings.base_url}{base}" in letter.text for letter in letters)
    planner = desk.door.let_in(desk.coordinator)

    assert planner.post(f"{base}/edit", data=typed("1", text="new")).status_code == 409
    assert planner.post(f"{base}/withdraw", data={"reason": ""}).status_code == 400
    assert planner.post(f"{base}/withdraw", data={"reason": "A name stood in it."}).status_code == 303
    assert visitor.get(base).status_code == 404
    assert "Drones over crowds" not in visitor.get("/library").text
    with desk.database.reading() as session:
        assert base not in [one.link for one in entries_for(session, PUBLIC)]
    assert base not in calendar_of(desk, settings)
    assert "A name stood in it." in planner.get(base).text


def test_publication_is_told_only_when_the_product_is_out(desk: Desk, settings: Settings) -> None:
    planner = desk.door.let_in(desk.coordinator)
    base = f"/cycles/{desk.round.cycle.id}/product"
    planner.post(f"{base}/edit", data=typed())
    desk.clock.set(PUBLISH_THURSDAY)
    queue_letters(desk.database, settings, desk.clock)
    assert desk.letters("E9") == []


def test_nobody_publishes_a_version_they_have_not_read(desk: Desk) -> None:
    """A typing mistake was mended, or more, while the coordinator looked at the page of publication."""
    base = f"/cycles/{desk.round.cycle.id}/product"
    desk.clock.set(REVIEW_MONDAY)
    planner = desk.door.let_in(desk.coordinator)
    planner.post(f"{base}/edit", data=typed())
    planner.post(f"{base}/review")
    desk.clock.set(AFTER_REVIEW)
    planner, chair = desk.door.let_in(desk.coordinator), desk.door.let_in(desk.round.dora)
    assert 'name="version" type="hidden" value="1"' in planner.get(f"{base}/publish").text
    assert chair.post(f"{base}/edit", data=typed("1", text="Another text.")).status_code == 303
    for seen in ("1", "", "junk"):
        refused = planner.post(f"{base}/publish", data={"version": seen, "reason": "Agreed"})
        assert refused.status_code == 409
        assert "Version 2 was saved since you opened this page" in refused.text
        assert 'name="version" type="hidden" value="2"' in refused.text
    assert desk.browser().get(base).status_code == 404
    assert planner.post(f"{base}/publish", data={"version": "2", "reason": "Agreed"}).status_code == 303
    assert "Another text." in desk.browser().get(base).text


def test_need_to_know_product_opens_to_nobody_else(desk: Desk, settings: Settings) -> None:
    base = published(desk, settings, "TLP:AMBER")
    assert desk.browser().get(base).status_code == 404
    assert "Drones over crowds" not in desk.browser().get("/library").text
    assert desk.door.let_in(desk.round.emil).get(base).status_code == 200
    with desk.database.reading() as session:
        assert base not in [one.link for one in entries_for(session, PUBLIC)]


def test_second_writer_sees_what_the_first_saved_and_versions_compare(desk: Desk) -> None:
    base = f"/cycles/{desk.round.cycle.id}/product"
    planner, chair = desk.door.let_in(desk.coordinator), desk.door.let_in(desk.round.dora)
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
    app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door
) -> None:
    desk = make_desk(app, database, settings, clock, door, marking="TLP:AMBER")
    base = f"/cycles/{desk.round.cycle.id}/product"
    desk.clock.set(REVIEW_MONDAY)
    planner = desk.door.let_in(desk.coordinator)
    planner.post(f"{base}/edit", data=typed(marking="TLP:GREEN"))
    planner.post(f"{base}/review")
    desk.clock.set(AFTER_REVIEW)
    planner = desk.door.let_in(desk.coordinator)
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
        (Marking.RED, False, False, True),
        ("", False, False, False),
    ],
)
def test_each_marking_opens_a_product_to_its_ring(
    marking: str, visitor: bool, member: bool, part: bool
) -> None:
    assert may_open_product(marking, is_signed_in=False, takes_part=False) is visitor
    assert may_open_product(marking, is_signed_in=True, takes_part=False) is member
    assert may_open_product(marking, is_signed_in=True, takes_part=True) is part


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
    app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door
) -> None:
    """Its letters hold no link, as they should, and nothing else led a reviewer to the draft."""
    desk = make_desk(app, database, settings, clock, door, marking="TLP:RED")
    cycle = f"/cycles/{desk.round.cycle.id}"
    desk.clock.set(REVIEW_MONDAY)
    writer = desk.door.let_in(desk.coordinator)
    writer.post(f"{cycle}/product/edit", data=typed(marking="TLP:RED"))
    anna = desk.door.let_in(desk.round.anna)
    assert f'href="{cycle}/review"' not in anna.get(cycle).text  # a draft is nobody's to review
    assert anna.get(f"{cycle}/review").status_code == 404
    writer.post(f"{cycle}/product/review")
    queue_letters(desk.database, settings, desk.clock)
    (letter,) = [one for one in desk.letters("E8") if one.to_name == "Anna Contact"]
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
    carl = desk.door.let_in(desk.round.carl)
    assert "A date is wrong." not in carl.get(f"{cycle}/review").text  # each has a part of their own
    assert agree(carl, f"{cycle}/review") == 303
    assert "You agree" in carl.get(f"{cycle}/review").text
    for nobody in (desk.round.emil, desk.coordinator):  # not asked
        browser = desk.door.let_in(nobody)
        assert f'href="{cycle}/review"' not in browser.get(cycle).text
        assert browser.get(f"{cycle}/review").status_code == 404
        assert browser.post(f"{cycle}/review/agree").status_code == 404
    assert desk.browser().get(f"{cycle}/review").status_code == 303  # to the sign-in
    # Whose city is no longer part of it has no way in.
    with database.transaction() as session:
        found = session.get(Cycle, desk.round.cycle.id)
        assert found is not None
        found.cities = []
    assert carl.get(f"{cycle}/review").status_code == 404


def test_red_product_of_an_open_exchange_is_not_linked_in_letters_either(
    desk: Desk, settings: Settings
) -> None:
    base = f"/cycles/{desk.round.cycle.id}/product"
    desk.clock.set(REVIEW_MONDAY)
    writer = desk.door.let_in(desk.coordinator)
    writer.post(f"{base}/edit", data=typed(marking="TLP:RED"))
    writer.post(f"{base}/review")
    queue_letters(desk.database, settings, desk.clock)
    assert len(desk.letters("E8")) == 3
    assert links_of(desk, settings, "E8") == {}


def test_page_of_an_exchange_leads_its_writers_to_the_product_and_readers_once_it_is_out(
    desk: Desk, settings: Settings
) -> None:
    """The page asked for the way and nobody gave it: the button was never there."""
    cycle = f"/cycles/{desk.round.cycle.id}"
    way = f'href="{cycle}/product"'
    for writer in (desk.coordinator, desk.round.dora, desk.round.bea):
        assert way in desk.door.let_in(writer).get(cycle).text
    assert way not in desk.door.let_in(desk.round.emil).get(cycle).text
    published(desk, settings)
    assert way in desk.door.let_in(desk.round.emil).get(cycle).text


def publish_again(desk: Desk, base: str, now: datetime, *, new_text: str = "") -> None:
    """Withdraw what is out, write another version or none, and let it out after a review of a week."""
    desk.clock.set(now)
    planner = desk.door.let_in(desk.coordinator)
    assert planner.post(f"{base}/withdraw", data={"reason": "A date was wrong."}).status_code == 303
    with desk.database.transaction() as session:
        (product,) = session.exec(select(Product)).all()
        number = product.versions[-1].number
        stage = next(one for one in product.cycle.stages if one.key == "review")
        stage.starts_on, stage.ends_on = now.date(), now.date() + timedelta(days=6)
    if new_text:
        assert planner.post(f"{base}/edit", data=typed(str(number), text=new_text)).status_code == 303
    assert planner.post(f"{base}/review").status_code == 303
    desk.clock.advance(days=8)
    planner = desk.door.let_in(desk.coordinator)
    ready = {"version": str(number + bool(new_text)), "reason": "The board"}
    assert planner.post(f"{base}/publish", data=ready).status_code == 303


def run_days(desk: Desk, settings: Settings) -> None:
    """Some ticks of four days, after each of which its letters are sent."""
    for _ in range(8):
        queue_letters(desk.database, settings, desk.clock)
        with desk.database.transaction() as session:
            session.connection().execute(update(Letter).values(state=LetterState.SENT))
        desk.clock.advance(hours=12)


def test_new_version_is_told_once_to_everybody_who_had_the_first(desk: Desk, settings: Settings) -> None:
    """Nobody heard of it: the letter of the first version was the only one a cycle had."""
    base = published(desk, settings)
    desk.clock.set(PUBLISH_THURSDAY)
    run_days(desk, settings)
    assert len(desk.letters("E9")) == 5
    with desk.database.transaction() as session:
        (product,) = session.exec(select(Product)).all()
        for stage in product.cycle.stages:
            stage.done_at = desk.clock()  # the exchange is over in every way
    long_after = datetime(2028, 7, 3, 10, tzinfo=UTC)
    publish_again(desk, base, long_after, new_text="# Findings\n\nCities train apart.")
    run_days(desk, settings)
    run_days(desk, settings)
    assert len(desk.letters("E9")) == 5
    news = desk.letters("E9-new")
    assert sorted(one.to_name for one in news) == sorted(one.to_name for one in desk.letters("E9"))
    assert len({one.person_id for one in news}) == 5
    assert all(re.search(r"New version of \w+ \d+ Jul: ", one.subject) for one in news)
    assert all(f"{settings.base_url}{base}" in one.text for one in news)
    # The same version let out once more is no news.
    publish_again(desk, base, desk.clock())
    run_days(desk, settings)
    assert len(desk.letters("E9-new")) == 5


def test_version_that_nobody_was_told_of_makes_the_next_the_first_they_hear_of(
    desk: Desk, settings: Settings
) -> None:
    base = published(desk, settings)
    desk.clock.advance(hours=1)
    publish_again(desk, base, desk.clock(), new_text="Mended before Thursday.")
    desk.clock.set(PUBLISH_THURSDAY + timedelta(days=7))
    run_days(desk, settings)
    assert len(desk.letters("E9")) == 5
    assert desk.letters("E9-new") == []


def test_second_review_asks_everybody_anew_and_what_was_said_before_is_no_consent(
    desk: Desk, settings: Settings
) -> None:
    base = f"/cycles/{desk.round.cycle.id}/product"
    desk.clock.set(REVIEW_MONDAY)
    planner = desk.door.let_in(desk.coordinator)
    planner.post(f"{base}/edit", data=typed())
    planner.post(f"{base}/review")
    queue_letters(desk.database, settings, desk.clock)
    links = links_of(desk, settings, "E8")
    assert len(links) == 3
    for link in links.values():
        assert agree(desk.browser(), link) == 303
    assert planner.post(f"{base}/publish", data={"version": "1"}).status_code == 303  # everybody has spoken
    desk.clock.advance(hours=1)
    with desk.database.transaction() as session:
        (product,) = session.exec(select(Product)).all()
        stage = next(one for one in product.cycle.stages if one.key == "review")
        stage.ends_on += timedelta(days=7)
    assert planner.post(f"{base}/withdraw", data={"reason": "Wrong."}).status_code == 303
    assert planner.post(f"{base}/edit", data=typed("1", text="Mended.")).status_code == 303
    assert planner.post(f"{base}/review").status_code == 303
    assert "may still comment" in planner.post(f"{base}/publish", data={"version": "1"}).text
    queue_letters(desk.database, settings, desk.clock)
    queue_letters(desk.database, settings, desk.clock)
    assert len(desk.letters("E8")) == 6
    assert "Mended." in desk.browser().get(links["Anna Contact"]).text
