"""One of everything that boards, money, projects, notes and requests have, for the browser to look at."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, select

from exchange.boards import actions as boards
from exchange.boards.decision_actions import write_decision
from exchange.boards.drafts import DecisionDraft, MeetingDraft, MinutesDraft
from exchange.models import (
    Board,
    City,
    DocumentKind,
    Organisation,
    Person,
    PersonRole,
    ProjectSource,
    Role,
    RotationKind,
    RotationState,
    TrainingMode,
)
from exchange.money import actions as money
from exchange.money.drafts import AgreementDraft, LineDraft, PartyDraft, PayerDraft
from exchange.money.line_actions import add_line
from exchange.notes import actions as notes
from exchange.notes.drafts import NoteDraft
from exchange.projects import actions as projects
from exchange.projects.drafts import DeliverableDraft, ProjectDraft
from exchange.requests import actions as requests
from exchange.requests.drafts import Asked
from exchange.requests.letters import By as AskedBy
from exchange.rotation.actions import Decider, record_turn
from exchange.rotation.drafts import TurnDraft
from exchange.rules.duties.request_rules import RequestKind
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.money.balances import LineKind
from exchange.settings import Settings
from exchange.standing_documents import actions as documents

OF_GOVERNANCE = (
    "/governance",
    "/governance/boards",
    "/governance/boards/1",
    "/governance/boards/1/meetings/new",
    "/governance/decisions",
    "/governance/decisions/1",
    "/governance/decisions/1/edit",
    "/governance/decisions/new",
    "/governance/meetings/1",
    "/governance/meetings/1/minutes",
    "/governance/meetings/2",
    "/governance/meetings/2/cancel",
    "/governance/meetings/2/edit",
    "/governance/meetings/2/papers",
    "/money",
    "/money/agreements/1",
    "/money/agreements/1/edit",
    "/money/agreements/1/lines",
    "/money/agreements/1/years/2025/close",
    "/money/agreements/new?after=1",
    "/money/lines/1/take-back",
    "/money/lines/new",
    "/money/parties/1/payers",
    "/money/rates",
    "/rotation",
    "/rotation/2026/conference",
    "/rotation/2026/conference/take-out",
    "/projects",
    "/projects/1",
    "/projects/1/close",
    "/projects/1/deliverables/new",
    "/projects/1/edit",
    "/projects/new",
    "/deliverables/1/done",
    "/deliverables/1/edit",
    "/notes",
    "/notes/1",
    "/notes/1/edit",
    "/notes/1/send",
    "/notes/new",
    "/standing-documents",
    "/standing-documents/1/edit",
    "/standing-documents/1/review",
    "/standing-documents/new",
    "/travel",
    "/requests",
    "/requests/1",
    "/ask",
)
WHOLE = 1_000_000


@dataclass(frozen=True)
class _Writer:
    """Who writes all of it, and when."""

    session: Session
    settings: Settings
    actor: Person
    now: datetime

    def days(self, count: int) -> date:
        return self.now.date() + timedelta(days=count)


def write_governance(session: Session, settings: Settings, now: datetime) -> None:
    """A row of each kind, the first of its table: pages of it have the number 1."""
    coordinators = select(Person).join(PersonRole).where(PersonRole.role == Role.COORDINATOR)
    writer = _Writer(session, settings, session.exec(coordinators.order_by(Person.id)).first(), now)
    _write_boards(writer)
    _write_money(writer)
    _write_projects(writer)
    _write_notes(writer)


def _write_boards(writer: _Writer) -> None:
    by, board = boards.Decider(writer.actor, writer.now), writer.session.exec(select(Board)).first()
    for title, on in (("Board of autumn", writer.days(-5)), ("Board of winter", writer.days(20))):
        draft = MeetingDraft(title, TrainingMode.HYBRID, on, time(14), "Europe/London", 90, Marking.AMBER)
        meeting = boards.open_meeting(writer.session, board, draft, by=by)
        boards.publish_meeting(writer.session, meeting, by=by)
        if on < writer.now.date():
            minutes = MinutesDraft("The forecast was **agreed**.", Marking.AMBER, writer.days(-1))
            boards.write_minutes(writer.session, meeting, minutes, reason="", by=by)
    decision = DecisionDraft("ADD2634", "The four years", writer.days(-5), board.id, Marking.GREEN)
    write_decision(writer.session, decision, by=by)


def _write_money(writer: _Writer) -> None:
    session, by = writer.session, money.Decider(writer.actor, writer.now)
    first, second = session.exec(select(City).order_by(City.id).limit(2)).all()
    holder, payer = session.exec(select(Organisation).order_by(Organisation.id).limit(2)).all()
    parties = (PartyDraft(first.id, WHOLE // 4, 4), PartyDraft(second.id, WHOLE * 3 // 4, 1))
    span = (date(2023, 4, 1), date(2027, 3, 31))
    draft = AgreementDraft(
        "Agreement 2023 to 2027", holder.id, first.id, *span, parties, agreed_on=date(2023, 3, 1)
    )
    agreement = money.open_agreement(session, draft, by=by)
    leaves = PayerDraft(payer.id, WHOLE, ends_on=date(2026, 12, 31))
    money.set_payers(session, agreement.parties[0], [leaves], reason="", by=by)
    for kind, amount in ((LineKind.BUDGET, 15_150_000), (LineKind.ACTUAL, 2_012_345)):
        add_line(session, LineDraft(kind, date(2026, 6, 4), "Venue of the conference", amount), by=by)
    turn = TurnDraft(first.id, RotationState.DELIVERED, 4_000_050, "GBP", "A venue")
    record_turn(session, 2026, RotationKind.CONFERENCE, None, turn, by=Decider(writer.actor, writer.now))


def _write_projects(writer: _Writer) -> None:
    by, city = projects.Decider(writer.actor, writer.now), writer.session.exec(select(City)).first()
    draft = ProjectDraft(
        "Evacuating harbours",
        ProjectSource.COMMISSION,
        writer.days(-60),
        commission="Harbour University, for a checklist",
        lead_city_id=city.id,
        marking=Marking.GREEN,
    )
    project = projects.add_project(writer.session, draft, by=by)
    for text, days in (("A short report", -7), ("A checklist", 25)):
        owed = DeliverableDraft(text, writer.days(days), owner_city_id=city.id)
        projects.add_deliverable(writer.session, project, owed, by=by)


def _write_notes(writer: _Writer) -> None:
    session, actor, now = writer.session, writer.actor, writer.now
    roles = frozenset({Role.CITY_LEAD})
    note = NoteDraft("The programme is out", "Dear all, it **is out**.", Marking.GREEN, roles=roles)
    notes.write_note(session, note, by=notes.By(actor, now))
    document = documents.DocumentDraft(
        "Terms of the network", DocumentKind.TERMS, "https://example.org/terms", actor.email, writer.days(-3)
    )
    documents.add_document(session, document, by=documents.By(actor, now, now.date()))
    asked = Asked(RequestKind.FAULT, actor.name, actor.email, "en", words="The menu does not open.")
    requests.ask(session, asked, AskedBy(actor, now, writer.settings))
