"""Meetings of boards: their pages, who may know of them, papers, minutes, and what is refused."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlmodel import select

from exchange.boards import actions
from exchange.boards.drafts import MinutesDraft, PaperDraft
from exchange.boards.queries import meeting_of
from exchange.db import Database
from exchange.errors import Conflict, InvalidInput
from exchange.models import AuditEntry, BoardMeeting, Person
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.boards.conftest import MEETS_ON, NOW, Net, a_meeting, planned, published
from tests.hand_clock import HandClock
from tests.pages import form_values, text_of
from tests.sign_in import SignIn

TYPED = {
    "title": "Spring meeting",
    "on": "2027-05-06",
    "at": "14:00",
    "minutes": "90",
    "time_zone": "Europe/Stockholm",
    "mode": "virtual",
    "marking": "TLP:AMBER",
}
AFTER = NOW.replace(month=2, day=12)


@ON_SQLITE
def test_a_coordinator_plans_publishes_edits_and_cancels_a_meeting(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    client = sign_in(net.coordinator)
    made = client.post(f"/governance/boards/{net.board.id}/meetings/new", data=TYPED)
    page = made.headers["Location"]
    assert (made.status_code, "Draft" in text_of(client.get(page))) == (303, True)
    assert sign_in(net.chair).get(page).status_code == 404  # a draft is its planners'

    form = form_values(client.get(f"{page}/publish"))
    assert "Mia Member" in text_of(client.get(f"{page}/publish"))
    assert client.post(f"{page}/publish", data=form).status_code == 303
    assert "Spring meeting" in text_of(sign_in(net.chair).get(page))

    form = form_values(client.get(f"{page}/edit"))
    form["at"] = "15:00"
    assert client.post(f"{page}/edit", data=form).status_code == 303
    assert client.post(f"{page}/edit", data=form).status_code == 409  # opened before the last change
    form = form_values(client.get(f"{page}/cancel"))
    assert client.post(f"{page}/cancel", data=form).status_code == 400
    form["reason"] = "Three members are away"
    assert client.post(f"{page}/cancel", data=form).status_code == 303
    assert "Three members are away" in text_of(client.get(page))
    with database.reading() as session:
        actions_done = session.exec(
            select(AuditEntry.action).where(AuditEntry.subject == "board meeting:1").order_by(AuditEntry.id)  # type: ignore[arg-type]
        ).all()
    assert actions_done == [
        "plan board meeting",
        "publish board meeting",
        "edit board meeting",
        "cancel board meeting",
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": ""}, "Give the meeting a title"),
        ({"on": "2027-02-30"}, "Not a valid date"),
        ({"on": "0027-05-06"}, "Give a day between"),
        ({"at": "2pm"}, "Not a valid time"),
        ({"minutes": "5"}, "from 15 minutes to a day"),
        ({"time_zone": "Europe/Atlantis"}, "not a known time zone"),
        ({"on": "2027-03-28", "at": "02:30"}, "02:30"),  # the hour that summer time leaves out
        ({"join_link": "http://meet.example.org"}, "begins with https://"),
        ({"marking": ""}, "Marking"),
        ({"marking": "TLP:RED"}, "give the e-mail address of each"),
        ({"agenda": "Classification: SECRET"}, "SECRET"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    net: Net, sign_in: SignIn, typed: Mapping[str, str], words: str
) -> None:
    client = sign_in(net.coordinator)
    refused = client.post(f"/governance/boards/{net.board.id}/meetings/new", data={**TYPED, **typed})
    assert refused.status_code == 400
    assert words in text_of(refused)


@ON_SQLITE
@pytest.mark.parametrize(
    ("marking", "readers"),
    [
        (Marking.GREEN, {"coordinator", "chair", "member", "other", "lead"}),
        (Marking.AMBER, {"coordinator", "chair", "member", "other"}),
        (Marking.AMBER_STRICT, {"coordinator", "chair", "member"}),
        (Marking.RED, {"member"}),
    ],
)
def test_who_may_know_of_a_meeting_its_papers_and_its_minutes(
    database: Database, net: Net, sign_in: SignIn, clock: HandClock, marking: Marking, readers: set[str]
) -> None:
    """Each of the three under the marking, of a meeting that is as open as it can be."""
    clock.set(AFTER)
    red = {"named": (net.member.email,)} if marking is Marking.RED else {}
    is_red = marking is Marking.RED
    with database.transaction() as session:
        whole = published(session, net, title="The meeting itself", marking=marking, **red)
        outer = published(session, net, title="Parts", marking=Marking.GREEN)
        if not is_red:
            paper = PaperDraft("The paper itself", "https://papers.example.org/1", None, marking)
            actions.set_papers(session, outer, [paper], by=net.by())
            draft = MinutesDraft("The minutes themselves", marking)
            actions.write_minutes(session, outer, draft, reason="", by=net.by(AFTER))
        pages = [f"/governance/meetings/{one.id}" for one in (whole, outer)]
    for who in ("coordinator", "chair", "member", "other", "lead"):
        client = sign_in(getattr(net, who))
        found = client.get(pages[0])
        assert found.status_code == (200 if who in readers else 404), who
        parts = client.get(pages[1])
        for words in ("The paper itself", "The minutes themselves"):
            assert (words in text_of(parts)) is (who in readers and not is_red), (who, words)


@ON_SQLITE
def test_papers_are_a_link_or_a_product_with_a_marking(net: Net, database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        page = f"/governance/meetings/{planned(session, net).id}"
    client = sign_in(net.coordinator)
    form = form_values(client.get(f"{page}/papers"))
    form["papers-0-label"] = "Figures"
    assert "a link or a product" in text_of(client.post(f"{page}/papers", data=form))
    form["papers-0-url"] = "ftp://papers.example.org"
    assert "begins with https://" in text_of(client.post(f"{page}/papers", data=form))
    form["papers-0-url"] = "https://papers.example.org/figures"
    form["papers-0-marking"] = "TLP:RED"
    assert "only where its meeting is" in text_of(client.post(f"{page}/papers", data=form))
    form["papers-0-marking"] = "TLP:AMBER"
    assert client.post(f"{page}/papers", data=form).status_code == 303
    assert "Figures" in text_of(client.get(page))


@ON_SQLITE
def test_a_paper_at_red_is_in_no_form_of_who_is_not_named_and_no_meeting_falls_below_it(
    net: Net, database: Database, sign_in: SignIn
) -> None:
    named = (net.coordinator.email,)
    with database.transaction() as session:
        meeting = planned(session, net, marking=Marking.RED, named=named)
        paper = PaperDraft("The paper itself", "https://papers.example.org/1", None, Marking.RED)
        actions.set_papers(session, meeting, [paper], by=net.by())
        lower = a_meeting(marking=Marking.AMBER)
        with pytest.raises(InvalidInput) as refused:
            actions.edit_meeting(session, meeting, lower, reason="It is out.", by=net.by())
        assert refused.value.field == "marking"
        page = f"/governance/meetings/{meeting.id}"
    client = sign_in(net.coordinator)
    assert "The paper itself" in client.get(f"{page}/papers").text
    with database.transaction() as session:  # as one that was lowered before this was refused
        row = session.exec(select(BoardMeeting)).one()
        row.marking, row.named_ids = Marking.AMBER.value, []
    assert client.get(f"{page}/papers").headers["Location"] == page
    assert "The paper itself" not in client.get(page).text


@ON_SQLITE
def test_the_chair_writes_minutes_once_the_meeting_is_over(
    database: Database, net: Net, sign_in: SignIn, clock: HandClock
) -> None:
    clock.set(NOW)
    with database.transaction() as session:
        page = f"/governance/meetings/{published(session, net).id}"
    chair = sign_in(net.chair)
    assert chair.get(f"{page}/minutes").status_code == 303  # nothing to write yet
    clock.set(AFTER)
    chair = sign_in(net.chair)
    form = form_values(chair.get(f"{page}/minutes"))
    form["text"] = ""
    assert "Write the minutes" in text_of(chair.post(f"{page}/minutes", data=form))
    form["text"], form["approved_on"] = "We **agreed**.", "2027-02-10"
    assert "before the meeting was held" in text_of(chair.post(f"{page}/minutes", data=form))
    form["approved_on"] = "2027-02-12"
    assert chair.post(f"{page}/minutes", data=form).status_code == 303
    assert "Approved on Fri 12 Feb 2027" in text_of(chair.get(page))
    assert sign_in(net.member).get(f"{page}/minutes").status_code == 404
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "write minutes")).one()
        assert "agreed" not in str(entry.after)  # of texts the digest


@ON_SQLITE
def test_a_meeting_that_is_off_changes_no_more(database: Database, net: Net) -> None:
    with database.transaction() as session:
        found = published(session, net)
        actions.cancel_meeting(session, found, reason="Storm", by=net.by())
        with pytest.raises(Conflict):
            actions.edit_meeting(session, found, a_meeting(title="Another"), reason="", by=net.by())
        with pytest.raises(Conflict):
            actions.write_minutes(session, found, MinutesDraft("x", Marking.GREEN), reason="", by=net.by())


@ON_SQLITE
def test_a_marking_falls_only_for_a_reason(database: Database, net: Net) -> None:
    with database.transaction() as session:
        found = published(session, net, marking=Marking.AMBER)
        with pytest.raises(InvalidInput):
            actions.edit_meeting(session, found, a_meeting(marking=Marking.GREEN), reason="", by=net.by())
        actions.edit_meeting(
            session, found, a_meeting(marking=Marking.GREEN), reason="The chair agreed", by=net.by()
        )
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "change marking")).one()
        assert entry.reason == "The chair agreed"


@ON_SQLITE
def test_a_meeting_keeps_its_hour_on_its_own_wall(database: Database, net: Net, sign_in: SignIn) -> None:
    with database.transaction() as session:
        page = f"/governance/meetings/{published(session, net).id}"
    shown = text_of(sign_in(net.chair).get(page))
    assert "15:00 in Stockholm" in shown
    assert "14:00 in Europe/London" in shown


@ON_SQLITE
def test_meetings_of_boards_count_in_no_target(database: Database, net: Net, sign_in: SignIn) -> None:
    client = sign_in(net.coordinator)
    before = text_of(client.get("/"))
    with database.transaction() as session:
        published(session, net)
    assert text_of(client.get("/")) == before


@ON_SQLITE
def test_a_board_with_one_or_thirty_meetings_costs_the_same(database: Database, net: Net) -> None:
    from exchange.boards.queries import board_of, meetings_of
    from tests.statements import counted

    with database.transaction() as session:
        published(session, net)
    counts = []
    for more in (0, 29):
        with database.transaction() as session:
            for n in range(more):
                published(session, net, on_local=MEETS_ON + timedelta(days=n))
        with database.reading() as session, counted(database) as statements:
            board = board_of(session, net.board.id or 0)
            for one in meetings_of(session, board):
                assert one.board.members
                assert one.papers == []
        counts.append(len(statements))
    assert counts[0] == counts[1]


def stored(database: Database, meeting_id: int) -> BoardMeeting:
    with database.reading() as session:
        return meeting_of(session, meeting_id)


@ON_SQLITE
def test_erasure_takes_somebody_out_of_agendas_and_minutes(database: Database, net: Net) -> None:
    from exchange.personal_data.withheld_names import called, redact_letters

    with database.transaction() as session:
        found = published(session, net, agenda="Mia Member reports", on_local=date(2027, 1, 5))
        actions.write_minutes(
            session, found, MinutesDraft("Mia Member said so", Marking.GREEN), reason="", by=net.by()
        )
        person = session.get_one(Person, net.member.id)
        was = called(session, person)
        person.name = "Former contact #7"
        session.flush()
        redact_letters(session, person, was)
        meeting_id = found.id or 0
    after = stored(database, meeting_id)
    assert (after.agenda, after.record) == ("Former contact #7 reports", "Former contact #7 said so")
