"""The month's letter to auditors, and the tick that also records what was sent."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel import select

from exchange.audit import record, verify
from exchange.audit.anchors import anchors_in, parsed_anchor
from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.models import AuditEntry, Letter, Role
from exchange.settings import Settings
from jobs.context import Context
from jobs.housekeeping.keep_trail import keep_trail
from tests.audit_key import KEYS
from tests.factories import make_city, make_person, stage_plan
from tests.hand_clock import HandClock

FIRST_OF_MONTH = datetime(2027, 5, 1, 0, 10, tzinfo=UTC)  # a Saturday, and a holiday


def context_of(database: Database, settings: Settings, clock: HandClock) -> Context:
    return Context(database, settings, stage_plan(), transport_for(settings), clock, worker="test:1")


def letters(database: Database) -> list[Letter]:
    with database.reading() as session:
        return list(session.exec(select(Letter).order_by(Letter.id)))


def test_auditors_get_the_anchor_once_a_month_on_a_working_morning(
    database: Database, settings: Settings, clock: HandClock
) -> None:
    context = context_of(database, settings, clock)
    clock.set(FIRST_OF_MONTH)
    with database.transaction() as session:
        city = make_city(session)
        auditor = make_person(session, "Aud Itor", city=city, roles=[Role.AUDITOR])
        make_person(session, "Former", city=city, roles=[Role.AUDITOR], is_active=False)
        make_person(session, city=city)
        record(session, actor=None, action="open cycle", subject="cycle:1", now=clock())
    for _again in range(3):
        keep_trail(context)
    (letter,) = letters(database)
    assert letter.person_id == auditor.id
    assert letter.due_at == datetime(2027, 5, 3, 9, tzinfo=ZoneInfo("Europe/Stockholm"))
    (line,) = [line for line in letter.text.splitlines() if KEYS.signing in line]
    anchor = parsed_anchor(line)
    assert anchor.is_signed(KEYS)
    assert anchor.count == 1
    assert line in letter.html
    clock.advance(days=31)
    keep_trail(context)
    assert len(letters(database)) == 2


def test_letters_that_were_sent_are_recorded_by_their_digest_once(
    database: Database, settings: Settings, clock: HandClock
) -> None:
    context = context_of(database, settings, clock)
    with database.transaction() as session:
        make_person(session, "Aud Itor", city=make_city(session), roles=[Role.AUDITOR])
    keep_trail(context)
    clock.advance(days=4)
    sent = deliver_due(database, context.transport, settings, now=clock(), worker="test:1", limit=10).sent
    assert sent == 1
    for _again in range(2):
        keep_trail(context)
    (letter,) = letters(database)
    assert letter.sent_digest == ""
    with database.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "send letter")).all()
        after = entry.after or {}
        assert (entry.subject, after["to"]) == (f"letter:{letter.id}", f"person:{letter.person_id}")
        assert len(str(after["sha256"])) == 64
        assert verify(session, outside=[settings.anchor_file]).is_whole
    assert [anchor.count for _number, anchor in anchors_in(settings.anchor_file) if anchor] == [0, 1]
