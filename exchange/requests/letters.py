"""The letters of a request: its receipt with the link to follow it, a later day, its outcome."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from exchange.mail.outbox.letter_queue import REQUEST_EXTENSION, REQUEST_OUTCOME, REQUEST_RECEIPT
from exchange.mail.outbox.withdrawals import withdraw_extensions
from exchange.mail.writing.personal_letters import page, queue_personal
from exchange.mail.writing.words import wording
from exchange.models import City, NetworkRequest, Person, RequestState
from exchange.rules.duties.request_rules import CONFIRM_DAYS, RequestKind
from exchange.rules.time.answer_deadlines import closes_at
from exchange.rules.time.timezones import wall_time
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


def queue_extension(session: Session, asked: NetworkRequest, before: date, reason: str, by: By) -> None:
    """That it takes longer, until when and why, in place of one that waits with an earlier day."""
    forget_extension(session, asked)
    facts: dict[str, object] = {
        "before": wording(asked.language).long_day(before),
        "reason": reason,
        "link": follow_link(token_of(asked, by.settings), by.settings),
    }
    _queue(session, asked, "request_extension", facts, REQUEST_EXTENSION, by, key=f":{asked.due_on}")


def forget_extension(session: Session, asked: NetworkRequest) -> None:
    """Take back what waits of a later day: it is none any more."""
    withdraw_extensions(session, f"{REQUEST_EXTENSION}:{asked.id}:", "The request ended, or takes longer.")


def queue_outcome(session: Session, asked: NetworkRequest, link: str, by: By) -> None:
    """What became of it, in the words of who decided, and where a released report can be read until when."""
    words, until = wording(asked.language), asked.released_until
    zone = session.get_one(City, asked.city_id).time_zone
    facts = {
        "outcome": asked.outcome,
        "is_refused": asked.state == RequestState.REFUSED,
        "link": link,
        "until": words.long_day(last_day_of_release(until, zone)) if until else "",
    }
    _queue(session, asked, "request_outcome", facts, REQUEST_OUTCOME, by)


def _queue(
    session: Session,
    asked: NetworkRequest,
    folder: str,
    facts: dict[str, object],
    kind: str,
    by: By,
    *,
    key: str = "",
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
        "city": session.get_one(City, asked.city_id).name,  # on whose wall all its days are
    }
    queue_personal(
        session,
        folder,
        common | facts,
        to=to,
        once_key=f"{kind}:{asked.id}{key}",
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


def release_ends_at(now: datetime, days: int, time_zone: str) -> datetime:
    """The end of the day so many days on, on the host's wall."""
    return closes_at(wall_time(now, time_zone).on + timedelta(days=days), time_zone)


def last_day_of_release(until: datetime, time_zone: str) -> date:
    """The last day on the host's wall of a release that ends at ``until``."""
    return wall_time(until - timedelta(minutes=1), time_zone).on
