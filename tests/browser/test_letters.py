"""Every letter of the plan and its ladder, as its HTML is read: on telephone and desktop, light and dark."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlmodel import Session, col, select

from exchange.mail.schedule.letter_schedule import planned_for_cycle
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.compose import folder_of, sealed, sign_in_letter
from exchange.mail.writing.custom_wording import NO_WORDINGS, Edited, Wordings, default_wording
from exchange.mail.writing.occasions.answer_letters import (
    MoreDays,
    more_days_letter,
    passed_letter,
    receipt_letter,
)
from exchange.mail.writing.rehearsal import tried_letter
from exchange.mail.writing.words import wording
from exchange.models import ContributionVersion, Cycle, ExpertGroup, GroupMember, Person, PersonRole, Role
from exchange.rules.letters.chase_ladder import Awaited, nudge
from exchange.rules.programme.stage_plan import CycleAsk
from tests.browser.conftest import SampleInstallation
from tests.browser.looks import LETTER_RULES, window
from tests.browser.test_invitations import faults_in
from tests.factories import stage_plan
from tests.mail.programme import with_second_version

pytestmark = pytest.mark.browser
PLAN = stage_plan()
WORDED = ("E3", "E4", "E3_lead")  # between them they hold every block a wording may name
CHASING = ("E3_half_way", "E3_lead", "E3-groups_chair", "overdue")


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    with window(browser) as context:
        yield context


def one_of_each(installation: SampleInstallation) -> dict[str, list[str]]:
    """The HTML of each kind of letter, of the sample's first cycle with a silent member and a city lead."""
    with installation.database.transaction() as session:
        cycle = session.exec(
            select(Cycle).where(col(Cycle.published_at).is_not(None)).order_by(col(Cycle.starts_on))
        ).first()
        assert cycle is not None
        add_people(session, cycle)
        found = {
            one.kind: one for one in planned_for_cycle(session, cycle, plan=PLAN, now=installation.clock())
        }
        half_way = found["E3_half_way"]
        missing = [Awaited(half_way.city, 1, None, half_way.letter.reader, cycle.starts_on, cycle.starts_on)]
        late = nudge(PLAN.ask(CycleAsk.CITIES), missing, due_at=half_way.due_at)
        found["overdue"] = Planned(half_way.person, late, half_way.due_at, cycle)
        with_second_version(session, cycle, installation.clock())
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=installation.clock())
        found |= {one.kind: one for one in planned if one.kind == "E9-new"}
        html = {kind: letters_of(installation, one) for kind, one in found.items()}
        html |= other_letters(installation, found["E3"], cycle)
        session.rollback()
    return html


def other_letters(installation: SampleInstallation, asked: Planned, cycle: Cycle) -> dict[str, list[str]]:
    """Letters that answer what somebody did, one that may say nothing, and one without words of its own."""
    to, settings, on = asked.person, installation.settings, cycle.ends_on
    version = ContributionVersion(
        number=1, submitted_at=installation.clock(), marking="TLP:AMBER", person_id=to.id
    )
    link = installation.url("/answer/" + "a" * 43)
    notice = replace(asked, letter=replace(asked.letter, rule=replace(asked.letter.rule, key="E99")))
    nothing = {"label": "TLP:RED", "name": to.name, "link": link}
    letters = {
        "receipt": receipt_letter(to, cycle, to.city.name, version, on, settings=settings).written(settings),
        "passed_on": passed_letter(to, to, cycle, to.city.name, on, link, settings=settings).written(
            settings
        ),
        "more_days": more_days_letter(
            MoreDays(to, to.city.name, on, on + timedelta(days=4)), cycle, link, settings=settings
        ).written(settings),
        "sign_in": sign_in_letter(to, link, minutes=20).written(settings),
        "sealed": sealed(nothing, wording(to.language), settings),
        "notice": tried_letter(notice, plan=PLAN, settings=settings, wordings=NO_WORDINGS),
    }
    return {name: [letter.html] for name, letter in letters.items()}


def add_people(session: Session, cycle: Cycle) -> None:
    roles = {"silent": Role.EXPERT, "chair": Role.EXPERT, "lead": Role.CITY_LEAD}
    people = [
        Person(name=f"The {name} one", email=f"{name}@example.org", city_id=cycle.lead_city_id)
        for name in roles
    ]
    for person, role in zip(people, roles.values(), strict=True):
        person.roles = [PersonRole(role=role)]
    session.add_all(people)
    session.flush()
    group = ExpertGroup(key="G99", name="A group with a rather long name that has to be broken somewhere")
    group.members = [
        GroupMember(person_id=people[0].id),
        GroupMember(person_id=people[1].id, is_chair=True),
    ]
    cycle.groups = [*cycle.groups, group]
    session.flush()


def letters_of(installation: SampleInstallation, one: Planned) -> list[str]:
    """The letter as it comes, and some as somebody worded them."""
    mine = default_wording(folder_of(one.letter.rule))
    longer = Edited(mine.subject, mine.body + "\n\nA paragraph more: <{name}> & " + "x" * 60)
    about = one.cycle.id if one.cycle else None
    wordings = [NO_WORDINGS]
    if one.kind in WORDED:
        wordings.append(Wordings({(one.kind, about): longer}))
    return [
        tried_letter(one, plan=PLAN, settings=installation.settings, wordings=each).html for each in wordings
    ]


@pytest.mark.slow
def test_every_letter_is_read_in_light_and_dark_on_telephone_and_desktop(
    installation: SampleInstallation, visitor: BrowserContext
) -> None:
    letters = one_of_each(installation)
    assert set(letters) >= {"receipt", "passed_on", "more_days", "sign_in", "sealed", "notice"}
    assert set(letters) >= {"E0", "E1", "E3", "E3-groups", "E6", "E9", "E9-new", *CHASING}
    page = visitor.new_page()
    found = []
    for kind, html in letters.items():
        for shown in html:
            page.set_content(shown)
            found += [f"{kind}: {fault}" for fault in faults_in(page, LETTER_RULES)]
    page.close()
    assert sorted(set(found)) == []
