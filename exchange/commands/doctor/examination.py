"""Looks whether an installation is well: one line per part, and a word for how it is.

It repairs nothing and writes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import requests
from sqlalchemy.exc import SQLAlchemyError

from exchange import audit
from exchange.commands.data_dir import check_writable
from exchange.db import Database, is_reachable
from exchange.errors import ExchangeError
from exchange.invitations.inbox import mailbox_for
from exchange.mail.delivery import transport_for
from exchange.mail.transport import Unreachable
from exchange.migrations import head_revision, schema_revision
from exchange.rules.timezones import zone_data_version
from exchange.settings import Settings

ANSWER_SECONDS = 5  # a web process that takes longer is not well


@dataclass(frozen=True)
class Finding:
    """How one part is, in a few words."""

    part: str
    is_ok: bool
    words: str

    def __str__(self) -> str:
        return f"{'ok' if self.is_ok else 'not ok':8}{self.part}: {self.words}"


class NotWell(ExchangeError):
    """What is wrong with one part."""


def examine(settings: Settings) -> Iterator[Finding]:
    """A finding for each part, in the order in which one needs the other."""
    yield Finding("settings", True, f"environment {settings.environment.value}")
    database = Database(settings.database_url)
    try:
        yield _finding("database", lambda: _database(database))
        yield _finding("schema", lambda: _schema(database))
        yield _finding("audit trail", lambda: _audit_trail(database))
    finally:
        database.dispose()
    yield Finding("zone data", True, zone_data_version())
    yield _finding("mail", lambda: _mail(settings))
    yield _finding("mailbox", lambda: _mailbox(settings))
    yield _finding("web", lambda: _web(settings))


def _finding(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part, True, look())
    except (ExchangeError, SQLAlchemyError, Unreachable) as error:
        return Finding(part, False, " ".join(str(error).split()))


def _database(database: Database) -> str:
    if not is_reachable(database):
        raise NotWell("does not answer")
    return str(database.engine.url.render_as_string(hide_password=True))


def _schema(database: Database) -> str:
    present, wanted = schema_revision(database), head_revision()
    if present != wanted:
        raise NotWell(
            "at %(present)s, should be at %(wanted)s; run: python -m exchange migrate",
            present=present or "nothing",
            wanted=wanted,
        )
    return f"at {present}"


def _audit_trail(database: Database) -> str:
    with database.reading() as session:
        broken = audit.first_broken(session)
    if broken is not None:
        raise NotWell("entry %(entry)s does not follow from the one before it", entry=broken.id)
    return "verifies"


def _mail(settings: Settings) -> str:
    if settings.smtp_url is None:
        check_writable(settings.data_dir)
        return f"no mail server; letters go to {settings.mail_dir}"
    transport = transport_for(settings)
    try:
        transport.ready()
    finally:
        transport.close()
    return "the mail server answers"


def _mailbox(settings: Settings) -> str:
    mailbox = mailbox_for(settings)
    if mailbox is None:
        return "none is read; people answer invitations by links"
    mailbox.read(None, since=date(2000, 1, 1), limit=0)
    return "the mailbox opens"


def _web(settings: Settings) -> str:
    try:
        answer = requests.get(f"{settings.base_url}/healthz", timeout=ANSWER_SECONDS)
    except requests.RequestException as error:
        raise NotWell(
            "%(url)s does not answer (%(cause)s); is it started, and is EXCHANGE_BASE_URL right?",
            url=settings.base_url,
            cause=type(error).__name__,
        ) from error
    if answer.status_code != requests.codes.ok:
        raise NotWell("%(url)s/healthz answers %(status)s", url=settings.base_url, status=answer.status_code)
    return f"{settings.base_url} answers"
