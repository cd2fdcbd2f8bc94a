"""Letters that invite or tell of a change, and the pages around answers, as people see them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import Session, col, select

from exchange.feeds.icalendar.itip_invitation import Method
from exchange.invitations.actions import Said, answer, invite, put_out
from exchange.invitations.invitation_links import answer_link
from exchange.invitations.meetings import MeetingOf
from exchange.mail.outbox.refused_addresses import mark_refused
from exchange.mail.schedule.letter_schedule import planned_for_training
from exchange.mail.schedule.told_dates import facts_of
from exchange.mail.writing.compose import Coming, planned_letter
from exchange.mail.writing.custom_wording import Wordings, default_wording
from exchange.mail.writing.date_differences import difference
from exchange.mail.writing.occasions.change_letters import Reader, change_letter, release_letter
from exchange.models import (
    Answer,
    Channel,
    HandledMail,
    Person,
    PersonRole,
    Publication,
    Role,
    TrainingEvent,
)
from exchange.rules.programme.cycles import Sitting
from tests.browser.conftest import SampleInstallation
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


def letters_of(installation: SampleInstallation) -> dict[str, str]:
    """Each new letter, rendered."""
    with installation.database.transaction() as session:
        training, now = published(session), installation.clock()
        planned = planned_for_training(session, training, now=now)
        first = planned[0]
        before = facts_of(training)
        sitting = Sitting("", training.title, MeetingOf(training=training).wall, training.minutes)
        to = Reader(first.person, training.on_local, is_invited=True, answer_link=LINK)
        calendar = first.letter.reader.calendar
        moved = before | {"sittings": {"event:1": ["2027-01-05", "23:30", "Australia/Sydney", 45]}}
        moved |= {"place": "A hall with a rather long name that may not fit into a narrow window"}
        found = difference(moved, training, calendar, stage_plan())
        change = change_letter(training, to, found, installation.settings)
        changed = change.written(installation.settings)
        worded = change.written(
            installation.settings, Wordings({(change.key, None): default_wording(change.key)})
        )
        training.postponed_at, training.reason = now, "A flood"
        assert training.publication is Publication.POSTPONED
        off = difference(before, training, calendar, stage_plan())
        halted = change_letter(training, to, off, installation.settings).written(installation.settings)
        written = {
            "invitation": planned_letter(
                first, plan=stage_plan(), settings=installation.settings, coming=Coming(LINK)
            ),
            "reminder": planned_letter(
                planned[-1],
                plan=stage_plan(),
                settings=installation.settings,
                coming=Coming(LINK, Answer.ACCEPTED),
            ),
            "change": changed,
            "change, worded": worded,
            "halt": halted,
            "release": release_letter(training, to, sitting, installation.settings).written(
                installation.settings
            ),
        }
        session.rollback()
    return {name: letter.html for name, letter in written.items()}


def test_letters_about_meetings_are_read_in_light_and_dark_on_telephone_and_desktop(
    installation: SampleInstallation, visitor: BrowserContext
) -> None:
    page = visitor.new_page()
    found = []
    for name, html in letters_of(installation).items():
        page.set_content(html)
        found += [f"{name}: {fault}" for fault in faults_in(page, LETTER_RULES)]
    page.close()
    assert sorted(set(found)) == []


def test_pages_around_answers_have_no_faults(installation: SampleInstallation, browser: Browser) -> None:
    with installation.database.transaction() as session:
        training, now = published(session), installation.clock()
        meeting = MeetingOf(training=training)
        speak = select(PersonRole.person_id).where(
            col(PersonRole.role).in_([Role.CITY_CONTACT, Role.CITY_LEAD])
        )
        invited = select(Person).where(
            col(Person.id).in_(speak), col(Person.city_id).in_([city.id for city in training.cities])
        )
        people = session.exec(invited.order_by(col(Person.id)).limit(9)).all()
        for number, person in enumerate(people):
            one = invite(session, meeting, person, settings=installation.settings, now=now)
            put_out(session, one, meeting, Method.REQUEST, settings=installation.settings, now=now)
            if number % 4:
                said = Said(list(Answer)[number % 4], Channel.LINK, now)
                answer(session, one, meeting, said, now=now)
        link, path = answer_link(installation.settings, one), f"/trainings/{training.id}"
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
        page.goto(installation.link_for(Role.COORDINATOR, leads_to=path))
        page.get_by_role("button", name="Sign me in").click()
        page.wait_for_url(installation.url(path))
        for shown in (path, "/letters/addresses", "/letters/replies"):
            page.goto(installation.url(shown))
            assert faults_in(page) == [], shown
