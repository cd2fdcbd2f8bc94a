"""A city's membership: becoming something else from a date, and leaving.

Nothing of what a city took part in is touched: past takes stay.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from exchange import audit
from exchange.errors import InvalidInput
from exchange.feeds.publishing.publish import ensure_feeds, mark_all_stale
from exchange.feeds.subscriptions.secret_addresses import replace_address, revoke_city_feed
from exchange.mail.outbox.withdrawals import withdraw_planned
from exchange.mail.writing.occasions.member_letters import Leaving
from exchange.models import AuditEntry, City, Feed, FeedKind, Membership, MembershipStatus, Person
from exchange.network.actions.letters_to_members import take_back_farewells, tell_that_city_leaves
from exchange.network.actions.saving import take
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings

ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2100  # a membership that begins or ends outside is a slip of the keyboard


def change_status(
    session: Session,
    city: City,
    status: MembershipStatus,
    *,
    from_on: date,
    reason: str = "",
    settings: Settings,
    actor: Person,
    now: datetime,
) -> None:
    """Make the city a lead, member, partner or observer from a date; what it was ends the day before.

    A change planned for that day or later is replaced. Raises InvalidInput, field "from_on", when
    the present status began later, and field "status" when the city has that status already.
    """
    check_year(from_on)
    take(session, city)
    before = history(city)
    was_former = city.is_former_on(wall_time(now, city.time_zone).on)
    if city.status_on(from_on) is status:
        raise InvalidInput("The city is that already on this day.", field="status")
    kept = _kept_before(city, from_on, today=wall_time(now, city.time_zone).on)
    city.memberships = [*kept, Membership(status=status, starts_on=from_on)]  # type: ignore[call-arg]  # the relation gives city_id
    session.flush()
    ensure_feeds(session, settings, now)
    if was_former:
        _reopen_feed(session, city, settings=settings, actor=actor, now=now)
    mark_all_stale(session)
    withdraw_planned(session, "A city's membership was changed.")
    if any(span.ends_on == from_on - ONE_DAY for span in kept):  # without a gap
        take_back_farewells(session, city, "The city stays in the network.")
    _record(session, "change membership", city, before, reason=reason, actor=actor, now=now)


def end_membership(
    session: Session,
    city: City,
    *,
    from_on: date,
    reason: str,
    settings: Settings,
    actor: Person,
    now: datetime,
) -> None:
    """Let the city leave: ``from_on`` is the first day it is no longer in the network.

    Its people are told so by letter, with the reason. Once that day has come in the city its feed answers
    410: here, or when the feeds are next published; at once when only a membership to come is taken back.
    Raises InvalidInput, field "from_on".
    """
    check_year(from_on)
    take(session, city)
    before = history(city)
    if city.status_on(from_on) is None:
        raise InvalidInput("The city is not in the network on that day.", field="from_on")
    today = wall_time(now, city.time_zone).on
    city.memberships = _kept_before(city, from_on, today=today)
    session.flush()
    if city.is_former_on(today):
        revoke_city_feed(session, city, actor=actor, now=now, reason=reason)
    mark_all_stale(session)
    withdraw_planned(session, "A city's membership was changed.")
    entry = _record(session, "end membership", city, before, reason=reason, actor=actor, now=now)
    leaving = Leaving(city.name, from_on, reason)
    tell_that_city_leaves(session, city, leaving, entry, settings=settings, now=now)


def check_year(on: date) -> None:
    """Raise InvalidInput, field "from_on", for a date on which no membership begins or ends."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput(
            "A membership begins and ends between %(first)s and %(last)s.",
            field="from_on",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )


def history(city: City) -> list[list[str | None]]:
    """The city's memberships as plain values, for the audit trail and for comparing."""
    return [span_facts(span.status, span.starts_on, span.ends_on) for span in city.memberships]


def span_facts(status: str, starts_on: date | None, ends_on: date | None) -> list[str | None]:
    """One membership as its status, first and last day; None is an open end."""
    return [str(status), *(day.isoformat() if day else None for day in (starts_on, ends_on))]


def _kept_before(city: City, from_on: date, *, today: date) -> list[Membership]:
    """The spans as they stand until the day before; one begun on the day or only planned is dropped."""
    begun = [span for span in city.memberships if span.starts_on is None or span.starts_on <= today]
    later = [span.starts_on for span in begun if span.starts_on and span.starts_on > from_on]
    if later:
        raise InvalidInput(
            "The city's present status began on %(began)s. Choose that day or a later one.",
            field="from_on",
            began=max(later),
        )
    kept = [span for span in city.memberships if span.starts_on is None or span.starts_on < from_on]
    for span in kept:
        if span.is_current(from_on):
            span.ends_on = from_on - ONE_DAY
    return kept


def _reopen_feed(session: Session, city: City, *, settings: Settings, actor: Person, now: datetime) -> None:
    """A city that comes back gets a new address; the one it left with stays revoked.

    Its busy times stay stopped until somebody of the city asks for them again.
    """
    feed = session.exec(select(Feed).where(Feed.city_id == city.id, Feed.kind == FeedKind.CITY)).one()
    if all(address.revoked_at for address in feed.addresses):
        replace_address(session, feed, actor=actor, settings=settings, now=now, reason="joined again")


def _record(
    session: Session,
    action: str,
    city: City,
    before: Sequence[object],
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> AuditEntry:
    return audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"city:{city.id}",
        before={"memberships": before},
        after={"memberships": history(city)},
        reason=reason,
        now=now,
    )
