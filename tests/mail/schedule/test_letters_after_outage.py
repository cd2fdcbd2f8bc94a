"""What a mail server could not take on its day is written anew in words that hold, in its reader's hours."""

from datetime import UTC, datetime, timedelta

from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due
from exchange.mail.wire.maildir import MaildirTransport
from exchange.models import Letter, LetterState
from exchange.settings import Settings
from tests.factories import stage_plan
from tests.mail.letters import all_letters
from tests.mail.programme import three_city_cycle
from tests.queueing import queue_due

PLAN = stage_plan()
DAY_BEFORE = datetime(2027, 2, 10, 9, tzinfo=UTC)  # the session is on Thursday the 11th, 14:00 in London


def tomorrow_letters(database: Database) -> list[Letter]:
    return [one for one in all_letters(database) if one.kind == "E5-1d"]


def tick(database: Database, settings: Settings, now: datetime, *, is_away: bool) -> None:
    """One round of the clock: what waited is sent or given up, then what is due is queued."""
    with database.transaction() as session:
        queue_due(session, plan=PLAN, settings=settings, now=now)
    if not is_away:
        carrier = MaildirTransport(settings.mail_dir)
        deliver_due(database, carrier, settings, now=now, worker="test:1", limit=100)
        with database.transaction() as session:
            queue_due(session, plan=PLAN, settings=settings, now=now)
        deliver_due(database, carrier, settings, now=now, worker="test:1", limit=100)


def test_no_letter_says_tomorrow_on_the_day_itself(database: Database, settings: Settings) -> None:
    """The server was away for 26 hours, and then brought what it should have had the day before."""
    with database.transaction() as session:
        three_city_cycle(session)
    tick(database, settings, DAY_BEFORE, is_away=True)
    (before,) = [one for one in tomorrow_letters(database) if one.to_name == "Tom Baker-Lane"]
    assert before.subject.count("Tomorrow") == 1
    assert before.useless_after == datetime(2027, 2, 11, tzinfo=UTC)  # the end of its day in London
    tick(database, settings, DAY_BEFORE + timedelta(hours=26), is_away=False)
    (after,) = [one for one in tomorrow_letters(database) if one.to_name == "Tom Baker-Lane"]
    assert (after.id, after.message_id) == (before.id, before.message_id)
    assert after.state == LetterState.SENT
    assert "Tomorrow" not in after.subject + after.text
    assert "Today" in after.subject


def test_an_outage_over_a_weekend_brings_nothing_on_it(database: Database, settings: Settings) -> None:
    """Launch letters of a Monday; the server was away from then until the next Saturday."""
    with database.transaction() as session:
        three_city_cycle(session)
    monday = datetime(2027, 1, 11, 16, tzinfo=UTC)
    tick(database, settings, monday, is_away=True)
    tick(database, settings, monday + timedelta(days=5), is_away=False)  # Saturday
    launches = [one for one in all_letters(database) if one.kind == "E1"]
    assert launches
    assert all(one.state != LetterState.SENT for one in launches)


def test_an_outage_of_an_hour_costs_nothing(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        three_city_cycle(session)
    tick(database, settings, DAY_BEFORE, is_away=True)
    tick(database, settings, DAY_BEFORE + timedelta(hours=1), is_away=False)
    sent = [one for one in tomorrow_letters(database) if one.state == LetterState.SENT]
    assert {"Åsa Öberg", "Tom Baker-Lane"} <= {one.to_name for one in sent}
    assert all("Tomorrow" in one.subject for one in sent)
