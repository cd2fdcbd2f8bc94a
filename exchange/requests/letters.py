"""The two letters of a request: its receipt with the link to follow it, and its outcome. Each goes once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.mail.outbox.letter_queue import REQUEST_OUTCOME, REQUEST_RECEIPT
from exchange.mail.writing.personal_letters import page, queue_personal
from exchange.mail.writing.words import wording
from exchange.models import NetworkRequest, Person, RequestState
from exchange.rules.duties.request_rules import CONFIRM_DAYS, RequestKind
from exchange.settings import Settings
from exchange.tokens import derived_token


@dataclass(frozen=True)
class By:
    """Who acts, None for who asked; when; and by which settings letters are written."""

    actor: Person | None
    now: datetime
    settings: Settings


def token_of(asked: NetworkRequest, settings: Settings, *, of_release: bool = False) -> str:
    """The secret of the page that follows a request, or of what is released by it; nothing keeps it."""
    what = "release" if of_release else "request"
    return derived_token(settings.secret_key, f"{what} {asked.id} of {asked.made_at.isoformat()}")


def queue_receipt(session: Session, asked: NetworkRequest, link: str, by: By) -> None:
    """That it arrived, by when it is answered, and the link that confirms and follows it.

    Whoever typed the address may be a stranger to its owner: none of their words goes there.
    """
    facts = {"link": link, "days": CONFIRM_DAYS, "is_confirmed": asked.confirmed_at is not None}
    if asked.confirmed_at is None:
        facts["name"] = asked.email
    _queue(session, asked, "request_receipt", facts, REQUEST_RECEIPT, by)


def queue_outcome(session: Session, asked: NetworkRequest, link: str, by: By) -> None:
    """What became of it, in the words of who decided, and where a released report can be read until when."""
    words = wording(asked.language)
    until = asked.released_until
    facts = {
        "outcome": asked.outcome,
        "is_refused": asked.state == RequestState.REFUSED,
        "link": link,
        "until": words.long_day(until.date()) if until else "",
    }
    _queue(session, asked, "request_outcome", facts, REQUEST_OUTCOME, by)


def _queue(
    session: Session, asked: NetworkRequest, folder: str, facts: dict[str, object], kind: str, by: By
) -> None:
    words = wording(asked.language)
    to = Person(
        id=asked.person_id,
        name=asked.name,
        email=asked.email,
        city_id=asked.city_id,
        language=asked.language,
    )
    common = {
        "number": asked.id,
        "kind": RequestKind(asked.kind).value,
        "due_day": words.long_day(asked.due_on),
    }
    queue_personal(
        session,
        folder,
        common | facts,
        to=to,
        once_key=f"{kind}:{asked.id}",
        kind=kind,
        why="Somebody asked for something by a public form.",
        settings=by.settings,
        now=by.now,
    )


def follow_link(token: str, settings: Settings) -> str:
    """Where a request is followed."""
    return page(settings, f"/asked/{token}")


def release_link(token: str, settings: Settings) -> str:
    """Where a released report is read."""
    return page(settings, f"/released/{token}")


def days_from(now: datetime, days: int) -> datetime:
    """The moment so many days on."""
    return now + timedelta(days=days)
