"""Invitations to planning meetings: who is told what, once each, and the answers to them."""

from collections.abc import Sequence
from datetime import date, time, timedelta

import pytest
from icalendar import Calendar, Component
from sqlmodel import Session, col, select

from exchange.access.kept_back import KeptBack
from exchange.access.standings import standing_of
from exchange.db import Database
from exchange.duties.configured import profiles_of
from exchange.duties.prepared import Prepared
from exchange.duties.prepared_events import prepared
from exchange.feeds.content.entries import Audience
from exchange.feeds.content.preparation_entries import entries_of_preparation
from exchange.invitations.invitation_links import answer_link
from exchange.mail.inbox.imap import Position
from exchange.models import (
    Answer,
    AuditEntry,
    HandledMail,
    Invitation,
    Letter,
    LetterState,
    Person,
    TrainingEvent,
)
from exchange.personal_data.parts.meetings import attendance
from exchange.personal_data.parts.taking import Taking
from exchange.preparation import actions
from exchange.preparation.drafts import HourDraft
from exchange.preparation.letters import tell_planners
from exchange.rules.access.rings import Ring
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from exchange.trainings.actions import cancel_training, edit_training
from exchange.trainings.drafts import moved_draft
from tests.access.routes import ON_SQLITE
from tests.hand_clock import HandClock
from tests.invitations.conftest import Post
from tests.invitations.mailbox import Box, read
from tests.invitations.test_reply_mailbox import reply
from tests.mail.writing.test_compose import compare
from tests.pages import text_of
from tests.preparation.conftest import Event, make_event
from tests.sign_in import SignIn
from tests.trainings.conftest import NOW

SOON = timedelta(minutes=11)
HOUR = HourDraft(time(14), 90, "Room 2", "https://join.example.org/1")


@pytest.fixture
def settings(database_url: str, tmp_path: object) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        sample=False,
        base_url="https://exchange.example.org",
        mail_from="CTPN Exchange <programme@example.org>",
        imap_url="imaps://programme:secret@mail.example.org/INBOX",
    )


class Team:
    """What is decided about the meetings of one event, and what its team is told of them."""

    def __init__(self, session: Session, event: Event, settings: Settings) -> None:
        self.session, self.event, self.settings, self.now = session, event, settings, NOW

    @property
    def found(self) -> Prepared:
        return prepared(self.session, self.event.id, profiles_of(self.settings), self.now)

    @property
    def by(self) -> actions.Decider:
        return actions.Decider(self.event.net.coordinator, self.now)

    @property
    def training(self) -> TrainingEvent:
        return self.session.get_one(TrainingEvent, self.event.id)

    def plan(self, *people: Person) -> None:
        actions.set_team(self.session, self.found, [one.email for one in people], by=self.by)

    def meet(self, draft: HourDraft | None = HOUR, milestone: str = "ipm") -> None:
        found = self.found
        if draft is None:
            actions.take_hour(self.session, found, found.line(milestone), by=self.by)
        else:
            actions.set_hour(self.session, found, found.line(milestone), draft, by=self.by)

    def move(self, on: date) -> None:
        draft = moved_draft(self.training, on=on, at=self.training.starts_local)
        edit_training(
            self.session, self.training, draft, actor=self.event.net.coordinator, now=self.now, reason="Why"
        )

    @property
    def letters(self) -> Sequence[Letter]:
        mine = select(Letter).where(Letter.kind == "planning meeting").order_by(col(Letter.id))
        return self.session.exec(mine).all()

    def told(self, after: timedelta = SOON) -> list[tuple[str, str]]:
        """Who is written to by one round of the tick, and the subject; a second round writes nothing.

        Then all of it has gone out.
        """
        self.session.flush()
        self.session.expire_all()
        self.now += after
        before = {one.id for one in self.letters}
        tell_planners(self.session, self.settings, self.now)
        assert tell_planners(self.session, self.settings, self.now) == 0
        new = [one for one in self.letters if one.state == LetterState.QUEUED]
        for one in new:
            one.state = LetterState.SENT
        self.session.flush()
        return [(one.to_name, one.subject) for one in new if one.id not in before]

    def calendars(self, name: str) -> list[tuple[str, Component]]:
        """The calendar parts that somebody got: method and event."""
        texts = [one.calendar for one in self.letters if one.to_name == name and one.calendar]
        found = [Calendar.from_ical(text) for text in texts]
        return [(str(one["METHOD"]), one.walk("VEVENT")[0]) for one in found]


def planned(session: Session, event: Event, settings: Settings) -> Team:
    """London's initial planning meeting on Thu 25 Mar 2027 at 14:00, with a planner and the coordinator."""
    team = Team(session, event, settings)
    team.plan(event.planner, event.net.coordinator)
    team.meet()
    return team


def test_who_plans_is_invited_once_after_ten_minutes_under_the_uid_of_their_feed(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        assert team.told(timedelta(minutes=9)) == []
        assert [name for name, _ in team.told()] == ["Cora Coordinator", "Petra Planner"]
        assert team.told() == []
        first, second = team.letters
        assert "15:00 in Stockholm" in first.text
        assert "14:00" in second.text
        assert "/attend/" in first.text
        assert "https://join.example.org/1" in first.text
        found = team.found
        planner = standing_of(session, session.get_one(Person, event.planner.id), team.now)
        own = Audience(Ring.PERSON, reader=planner, person_id=event.planner.id)
        entries = {one.uid: one for one in entries_of_preparation(found, own, "CTPN")}
        for name in ("Petra Planner", "Cora Coordinator"):
            ((method, part),) = team.calendars(name)
            entry = entries[str(part["UID"])]
            assert method == "REQUEST"
            assert int(part["SEQUENCE"]) == entry.sequence
            assert entry.title == "Drone over a stadium: Initial planning meeting"
        assert len(entries) == len(found.lines)


@ON_SQLITE
def test_a_meeting_that_moves_or_whose_event_moves_is_told_once_under_a_higher_sequence(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        for hour in (9, 10):
            team.meet(HourDraft(time(hour), 90, HOUR.place, HOUR.join_link))
        changed = team.told()
        assert [name for name, _ in changed] == ["Cora Coordinator", "Petra Planner"]
        said = "Changed: Initial planning meeting of Drone over a stadium is on Thu 25 Mar, 11:00"
        assert said in changed[0][1]
        team.move(date(2027, 6, 17))
        assert "is on Thu 8 Apr, 10:00" in team.told()[1][1]
        parts = [part for _, part in team.calendars("Petra Planner")]
        assert len({str(part["UID"]) for part in parts}) == 1
        sequences = [int(part["SEQUENCE"]) for part in parts]
        assert sequences == sorted(set(sequences))


@ON_SQLITE
def test_a_change_that_is_taken_back_within_ten_minutes_tells_nobody(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        team.meet(HourDraft(time(9), 90, HOUR.place, HOUR.join_link))
        team.meet()
        assert team.told() == []


@ON_SQLITE
@pytest.mark.parametrize("how", ["no hour", "waived", "event cancelled"])
def test_what_does_not_take_place_is_taken_out_of_calendars_by_one_letter(
    database: Database, event: Event, settings: Settings, how: str
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        if how == "no hour":
            team.meet(None)
        elif how == "waived":
            found = team.found
            actions.waive(session, found, found.line("ipm"), reason="By letter", by=team.by)
        else:
            actor = event.net.coordinator
            cancel_training(session, team.training, reason="Storm", actor=actor, now=team.now)
        off = team.told()
        assert [name for name, _ in off] == ["Cora Coordinator", "Petra Planner"]
        assert "Cancelled: Initial planning meeting of Drone over a stadium on Thu 25 Mar, 15:00" in off[0][1]
        (_, first), (method, last) = team.calendars("Petra Planner")
        assert (method, last["STATUS"]) == ("CANCEL", "CANCELLED")
        assert last["DTSTART"].dt == first["DTSTART"].dt
        assert int(last["SEQUENCE"]) > int(first["SEQUENCE"])
        assert team.told() == []


@ON_SQLITE
def test_an_hour_that_comes_back_invites_again(database: Database, event: Event, settings: Settings) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        team.meet(None)
        team.told()
        team.meet()
        assert "You are invited on" in team.told()[0][1]
        assert [method for method, _ in team.calendars("Petra Planner")] == ["REQUEST", "CANCEL", "REQUEST"]


@ON_SQLITE
def test_who_leaves_the_team_is_released_and_who_joins_invited(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        team.plan(event.lead, event.net.coordinator)
        assert {name for name, _ in team.told()} == {"Lena Lead", "Petra Planner"}
        out = next(one for one in reversed(team.letters) if one.to_name == "Petra Planner")
        assert "Drone" not in out.text + out.subject + out.calendar
        assert team.calendars("Petra Planner")[-1][0] == "CANCEL"


@ON_SQLITE
def test_a_meeting_that_another_profile_does_not_have_is_taken_out(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        profiles = profiles_of(settings)
        other = next(one for one in profiles.all if "ipm" not in {stone.key for stone in one.milestones})
        actions.choose_profile(session, team.found, other.key, profiles, by=team.by)
        assert len(team.told()) == 2
        assert team.calendars("Petra Planner")[-1][0] == "CANCEL"


@ON_SQLITE
def test_at_red_whoever_is_not_named_is_released_and_the_others_letter_names_nothing(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        team.training.marking = Marking.RED
        team.training.named_ids = [event.net.coordinator.id]
        assert {name for name, _ in team.told()} == {"Cora Coordinator", "Petra Planner"}
        for one in team.letters[2:]:
            assert "Drone" not in one.text + one.subject + one.html + one.calendar
        assert team.calendars("Petra Planner")[-1][0] == "CANCEL"


@ON_SQLITE
def test_a_draft_invites_nobody(database: Database, settings: Settings) -> None:
    event = make_event(database, is_published=False)
    with database.transaction() as session:
        assert planned(session, event, settings).told() == []


def test_an_answer_by_the_link_is_kept_and_written_down(
    database: Database, event: Event, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        clock.set(team.now)
        invitation = session.exec(select(Invitation).where(Invitation.person_id == event.planner.id)).one()
        link = answer_link(settings, invitation).removeprefix(settings.base_url)
    browser = sign_in.app.test_client()
    shown = text_of(browser.get(link))
    assert "Initial planning meeting, Thursday 25 March 2027" in shown
    assert "Name a colleague" not in shown
    assert browser.post(link, data={"answer": "declined"}).status_code == 303
    assert browser.get(link.replace("/attend/", "/nominate/")).status_code == 404
    with database.transaction() as session:
        kept = session.exec(select(Invitation).where(Invitation.person_id == event.planner.id)).one()
        assert kept.answer == Answer.DECLINED
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "answer invitation")).one()
        assert entry.after is not None
        assert entry.after["to"] == f"training:{event.id}"
    planning = text_of(sign_in(event.net.coordinator).get(event.page))
    assert "Invited: 2. Coming: 0, perhaps: 0, not coming: 1, no answer yet: 1." in planning
    with database.transaction() as session:
        Team(session, event, settings).meet(None)
    page = browser.get(link)
    assert page.status_code == 409
    assert "does not take place any more" in text_of(page)


@ON_SQLITE
def test_an_answer_by_calendar_is_taken_for_whose_secret_address_it_has(
    database: Database, event: Event, settings: Settings, clock: HandClock
) -> None:
    """All who plan have the same UID: it tells nobody apart, and proves nothing."""
    with database.transaction() as session:
        team = planned(session, event, settings)
        team.told()
        clock.set(team.now)
    post, box = Post(database, settings, clock), Box()
    box.contents.append(reply(post, "Petra Planner"))
    box.contents.append(reply(post, "Cora Coordinator", organizer="", to="programme@example.org"))
    assert read(post, box) == 2
    assert post.invitation("Petra Planner").answer == Answer.ACCEPTED
    assert post.invitation("Cora Coordinator").answer == Answer.NONE
    with database.reading() as session:
        assert {one.is_taken for one in session.exec(select(HandledMail))} == {True, False}
    assert box.read(Position(7, 2), since=date(2026, 1, 1), limit=9) == []


@ON_SQLITE
def test_what_a_person_was_invited_to_is_in_what_they_take_along(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        planned(session, event, settings).told()
        planner = session.get_one(Person, event.planner.id)
        own = standing_of(session, planner, NOW)
        taking = Taking((), KeptBack(frozenset(), frozenset()), own, is_own=True)
        (row,) = attendance(session, planner, taking)
        assert row["kind"] == "planning meeting"
        assert (row["on_local"], row["starts_local"]) == ("2027-03-25", "14:00")
        assert row["title"] == "Drone over a stadium"


def test_letters_read_as_their_golden_files(database: Database, event: Event, settings: Settings) -> None:
    with database.transaction() as session:
        session.get_one(Person, event.planner.id).language = "sv"
        team = planned(session, event, settings)
        team.told()
        team.move(date(2027, 6, 17))
        team.told()
        team.meet(None)
        team.told()
        team.meet()
        team.told()
        team.plan(event.lead)
        team.told()
        for language, name in (("en", "Cora Coordinator"), ("sv", "Petra Planner")):
            texts = [
                f"To: {one.to_name}\nSubject: {one.subject}\n\n{_without_token(one.text)}"
                for one in team.letters
                if one.to_name == name
            ]
            compare(f"planning_meeting_{language}", "\n".join(texts))


def _without_token(text: str) -> str:
    lines = (line.partition("/attend/") for line in text.splitlines())
    return "\n".join(f"{before}{link}{'...' if link else ''}" for before, link, _token in lines) + "\n"
