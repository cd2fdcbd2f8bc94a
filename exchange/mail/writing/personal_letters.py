"""Letters to one person about their sign-in and data: worded here alone, with nothing of the programme."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from exchange.mail.outbox.letter_queue import queue
from exchange.mail.writing.template_rendering import written
from exchange.mail.writing.words import wording
from exchange.models import Person
from exchange.settings import Settings


def queue_personal(  # noqa: PLR0913 - the facts of one letter, each by its name
    session: Session,
    folder: str,
    facts: Mapping[str, object],
    *,
    to: Person,
    once_key: str,
    kind: str,
    why: str,
    settings: Settings,
    now: datetime,
    useless_after: datetime | None = None,
) -> None:
    """Queue the letter of a folder of templates/mail, in its reader's language and by their name."""
    letter = written(folder, {"label": "", "name": to.name, **facts}, wording(to.language), settings)
    queue(session, letter, to=to, once_key=once_key, kind=kind, why=why, useless_after=useless_after, now=now)


def page(settings: Settings, path: str) -> str:
    """The address of a page of this installation."""
    return settings.base_url.rstrip("/") + path
