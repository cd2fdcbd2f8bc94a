"""Letters that invite or tell of a change, and the pages around answers, as people see them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import Session, col, select

from exchange.feeds.invitation import Method
from exchange.invitations.actions import Said, answer, invite, put_out
from exchange.invitations.links import answer_link
from exchange.invitations.meetings import MeetingOf
from exchange.mail.addresses import mark_refused
from exchange.mail.change_letters import Reader, change_letter, release_letter
from exchange.mail.compose import Coming, planned_letter
from exchange.mail.differences import difference
from exchange.mail.edited import Wordings, default_wording
from exchange.mail.schedule import planned_for_training
from exchange.mail.telling import facts_of
from exchange.models import (
    Answer,
    Channel,
    HandledMail,
    Person,
    Publication,
    Role,
    TrainingEvent,
)
from exchange.rules.cycles import Sitting
from tests.browser.conftest import House
from tests.browser.looks import (
    ALL_LOOKS,
    LETTER_RULES,
    RULES,
    faint_words_of,
    faults_of,
    scrolls_sideways,
    window,
)
from tests.factories import stage_plan

pytestmark = pytest.mark.browser
LINK = "https://exchange.example.org/attend/" + "a" * 32


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    with window(browser) as context:
        yield context


def published(session: Session) -> TrainingEvent:
    return session.exec(
        select(TrainingEvent)
        .where(col(TrainingEvent.published_at).is_not(None), col(TrainingEvent.cancelled_at).is_(None))
        .order_by(col(TrainingEvent.on_local).desc())
    ).first()  # type: ignore[return-value]


def faults_in(page: Page, rules: dict[str, object] = RULES) -> list[str]:
    found = []
    for scheme, width in ALL_LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{scheme} {width}: {fault}" for fault in [*faults_of(page, rules), *faint_words_of(page)]]
        found += [f"{width}: scrolls sideways"] * scrolls_sideways(page)
    return found


def letters_of(house: House) -> dict[str, str]:
    """Each new letter, rendered."""
    with house.database.transaction() as session:
        training, now = published(session), house.clock()
        planned = planned_for_training(session, training, now=now)
        first = planned[0]
        before = facts_of(training)
        sitting = Sitting("", training.title, MeetingOf(training=training).wall, training.minutes)
        to = Reader(first.person, training.on_local, is_invited=True, answer_link=LINK)
        calendar = first.letter.reader.calendar
        moved = before | {"sittings": {"event:1": ["2027-01-05", "23:30", "Australia/Sydney", 45]}}
        moved |= {"place": "A hall with a rather long name that may not fit into a narrow window"}
        found = difference(moved, training, calendar, stage_plan())
        change = change_letter(training, to, found, house.settings)
        changed = change.written(house.settings)
        worded = change.written(house.settings, Wordings({(change.key, None): default_wording(change.key)}))
        training.postponed_at, training.reason = now, "A flood"
        assert training.publication is Publication.POSTPONED
        off = difference(before, training, calendar, stage_plan())
        halted = change_letter(training, to, off, house.settings).written(house.settings)
        written = {
            "invitation": planned_letter(
                first, plan=stage_plan(), settings=house.settings, coming=Coming(LINK)
            ),
            "reminder": planned_letter(
                planned[-1],
                plan=stage_plan(),
                settings=house.settings,
                coming=Coming(LINK, Answer.ACCEPTED),
            ),
            "change": changed,
            "change, worded": worded,
            "halt": halted,
            "release": release_letter(training, to, sitting, house.settings).written(house.settings),
        }
        session.rollback()
    return {name: letter.html for name, letter in written.items()}


def test_letters_about_meetings_are_read_in_light_and_dark_on_telephone_and_desk(
    house: House, visitor: BrowserContext
) -> None:
    page = visitor.new_page()
    found = []
    for name, html in letters_of(house).items():
        page.set_content(html)
        found += [f"{name}: {fault}" for fault in faults_in(page, LETTER_RULES)]
    page.close()
    assert sorted(set(found)) == []


def test_pages_around_answers_have_no_faults(house: House, browser: Browser) -> None:
    with house.database.transaction() as session:
        training, now = published(session), house.clock()
        meeting = MeetingOf(training=training)
        people = session.exec(select(Person).order_by(col(Person.id)).limit(9)).all()
        for number, person in enumerate(people):
            one = invite(session, meeting, person, settings=house.settings, now=now)
            put_out(session, one, meeting, Method.REQUEST, settings=house.settings, now=now)
            if number % 4:
                said = Said(list(Answer)[number % 4], Channel.LINK, now)
                answer(session, one, meeting, said, now=now)
        link, path = answer_link(house.settings, one), f"/trainings/{training.id}"
        mark_refused(session, people[0].email, words="550 5.1.1 No such user", letter_id=None, now=now)
        session.add(
            HandledMail(
                key="k",
                handled_at=now,
                kind="reply",
                is_taken=False,
                outcome="It was sent by somebody else than the invited person.",
                sender="mallory@example.org",
                person_id=people[1].id,
            )
        )
    with window(browser) as context:
        page = context.new_page()
        page.goto(link)
        assert faults_in(page) == []
        with page.expect_navigation():
            page.get_by_role("button", name="I cannot come").click()
        assert page.get_by_role("status").inner_text().startswith("Thank you.")
        assert faults_in(page) == []
        page.goto(house.link_for(Role.COORDINATOR, leads_to=path))
        page.get_by_role("button", name="Sign me in").click()
        page.wait_for_url(house.url(path))
        for shown in (path, "/letters/addresses", "/letters/replies"):
            page.goto(house.url(shown))
            assert faults_in(page) == [], shown
