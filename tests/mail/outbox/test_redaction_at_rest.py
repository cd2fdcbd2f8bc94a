"""Letters at rest: nothing in a stored letter acts for its reader any more, whatever became of it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from exchange.answering.personal_links import without_tokens
from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.letter_queue import SIGN_IN
from exchange.mail.outbox.redaction_at_rest import forget_secrets
from exchange.mail.outbox.withdrawals import withdraw_planned
from exchange.models import Letter, LetterState
from exchange.settings import Settings
from tests.answering.asked import make_round
from tests.contributions.conftest import MONDAY
from tests.factories import make_training, stage_plan
from tests.mail.letters import NOW, queue_letters
from tests.mail.sink import Sink, running
from tests.queueing import queue_due

SECRET = re.compile(r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]{43}|[a-z2-7]{32})(?![A-Za-z0-9_-])")


@pytest.fixture
def settings() -> Settings:
    return Settings(
        base_url="https://exchange.example.org",
        mail_from="CTPN <programme@example.org>",
        imap_url=SecretStr("imaps://programme:secret@mail.example.org/INBOX"),
    )


def queue_all_kinds(database: Database, settings: Settings, now: datetime) -> set[str]:
    """Letters with links to answer, to attend, to stop, and calendars; the secrets that stand in them."""
    with database.transaction() as session:
        round_ = make_round(session)
        on = now.date() + timedelta(days=20)
        make_training(session, host_city=round_.london, cities=[round_.washington], on_local=on)
        queue_due(session, plan=stage_plan(), settings=settings, now=now)
    found: set[str] = set()
    for stored in every_letter(database):
        found |= set(SECRET.findall(stored))
    assert len(found) > 10
    return found


def every_letter(database: Database) -> Iterator[str]:
    """Each stored letter with all its columns, calendar lines unfolded, but for what names it alone."""
    with database.reading() as session:
        for letter in session.exec(select(Letter)):
            whole = letter.model_dump_json(exclude={"message_id", "once_key"})
            yield whole.replace("\\r\\n ", "")


@pytest.mark.parametrize("fate", ["sent", "refused", "withdrawn"])
def test_letter_at_rest_holds_no_secret_of_its_reader(
    database: Database, settings: Settings, fate: str
) -> None:
    """Links to invitations stayed in what was sent, and every link in what was refused or taken back."""
    secrets = queue_all_kinds(database, settings, MONDAY)
    answer = "250 OK" if fate == "sent" else "554 5.6.0 Refused"
    with running(Sink(at_data=lambda _content: answer)) as at:
        if fate == "withdrawn":
            with database.transaction() as session:
                withdraw_planned(session, "A test.")
        else:
            told = settings.model_copy(update={"smtp_url": SecretStr(f"smtp://{at}")})
            deliver_due(database, transport_for(told), told, now=MONDAY, worker="test:1", limit=500)
    with database.transaction() as session:
        assert {one.state for one in session.exec(select(Letter))} == {LetterState(fate)}
        assert forget_secrets(session, MONDAY) > 0
        assert forget_secrets(session, MONDAY) == 0
    for stored in every_letter(database):
        for secret in secrets:
            assert secret not in stored
    with database.reading() as session:
        texts = "".join(one.text for one in session.exec(select(Letter)))
    assert "/answer/…" in texts
    assert "/attend/…" in texts
    assert "/letters/preferences/…" in texts


def test_letter_that_waits_keeps_its_links(database: Database, settings: Settings) -> None:
    secrets = queue_all_kinds(database, settings, MONDAY)
    with database.transaction() as session:
        assert forget_secrets(session, MONDAY) == 0
    stored = "".join(every_letter(database))
    assert all(secret in stored for secret in secrets)


def test_sign_in_letter_that_nobody_got_is_forgotten_whole(database: Database) -> None:
    (letter,) = queue_letters(database)
    with database.transaction() as session:
        row = session.get(Letter, letter.id)
        assert row is not None
        row.kind, row.state = SIGN_IN, LetterState.REFUSED
    with database.transaction() as session:
        assert forget_secrets(session, NOW) == 1
        assert session.exec(select(Letter.text, Letter.html)).one() == ("", "")


@pytest.mark.parametrize("typed", ["and/…", "/answer/…", "/review/2027", "/letters/preferences/"])
def test_what_people_write_neither_hides_a_link_nor_is_found_with_every_run(
    database: Database, typed: str
) -> None:
    """A question with "/…" in it left every link of its letters in force."""
    (letter,) = queue_letters(database)
    token = "A" * 43
    with database.transaction() as session:
        row = session.get_one(Letter, letter.id)
        row.text, row.html = f"{typed} https://x.example/answer/{token}", f"<p>{typed} /answer/{token}</p>"
        row.state = LetterState.SENT
    with database.transaction() as session:
        assert forget_secrets(session, NOW) == 1
        kept = session.get_one(Letter, letter.id, populate_existing=True)
        assert (kept.text, kept.html) == (
            f"{typed} https://x.example/answer/…",
            f"<p>{typed} /answer/…</p>",
        )
        assert forget_secrets(session, NOW) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/answer/" + "A" * 43,
        "/review/" + "-_" * 21 + "x",
        "/attend/" + "a2" * 16,
        "/letters/preferences/12." + "b" * 43,
        "/letters/stop/12." + "b" * 43,
    ],
)
def test_every_kind_of_personal_link_is_taken_out_and_its_room_stays_readable(path: str) -> None:
    page = path.rpartition("/")[0]
    assert without_tokens(f"See https://x.example{path}.") == f"See https://x.example{page}/…."
    assert without_tokens(f'<a href="https://x.example{path}">') == f'<a href="https://x.example{page}/…">'
    assert without_tokens("https://x.example/cycles/12/answers") == "https://x.example/cycles/12/answers"
