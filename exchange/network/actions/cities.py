"""Adding and editing cities. Their membership is changed in memberships.py."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.feeds.publishing.name_changes import touch_naming_city
from exchange.feeds.publishing.publish import ensure_feeds, mark_all_stale
from exchange.mail.outbox.withdrawals import withdraw_planned
from exchange.models import City, Membership, Person, QuietPeriod
from exchange.network.actions.memberships import check_year, span_facts
from exchange.network.actions.saving import flush, insert, refuse_stale, take
from exchange.network.coordinates import parse_position
from exchange.network.drafts import CityDraft, Span, checked_city, draft_of_city, facts, slug_of
from exchange.rules.time.quiet_periods import QuietPeriod as QuietPeriodRule
from exchange.settings import Settings

RESERVED_SLUGS = {"new"}  # /network/cities/new is the form


def add_city(
    session: Session,
    draft: CityDraft,
    spans: Sequence[Span],
    *,
    settings: Settings,
    actor: Person,
    now: datetime,
) -> City:
    """A new city with its first membership, and its feed at once."""
    for span in spans:
        if span.starts_on:
            check_year(span.starts_on)
    city = insert_city(session, draft, spans, actor=actor, now=now)
    ensure_feeds(session, settings, now)
    return city


def insert_city(
    session: Session,
    draft: CityDraft,
    spans: Sequence[Span],
    *,
    slug: str = "",
    actor: Person | None,
    now: datetime,
) -> City:
    """A new city without a feed: for those who add many and see to the feeds at the end."""
    draft = checked_city(draft)
    city = City(
        slug=slug or _free_slug(session, draft.name), name=draft.name, time_zone="", holidays_country=""
    )
    city.memberships = [
        Membership(status=s.status, starts_on=s.starts_on, ends_on=s.ends_on)  # type: ignore[call-arg]  # the relation gives city_id
        for s in spans
    ]
    _write(city, draft)
    insert(session, city)
    after = facts(draft) | {
        "slug": city.slug,
        "memberships": [span_facts(s.status, s.starts_on, s.ends_on) for s in spans],
    }
    audit.record(session, actor=actor, action="add city", subject=f"city:{city.id}", after=after, now=now)
    return city


def edit_city(
    session: Session, city: City, draft: CityDraft, *, seen: str | None = None, actor: Person, now: datetime
) -> None:
    """Write the draft over the city; its slug stays. ``seen`` is the fingerprint the form carried."""
    draft = checked_city(draft)
    take(session, city)
    present = draft_of_city(city)
    refuse_stale(present, seen)
    before, after = facts(present), facts(draft)
    if before == after:
        return
    _write(city, draft)
    flush(session, city)
    if _shown_in_feeds(present) != _shown_in_feeds(draft):
        touch_naming_city(session, city, now)
    mark_all_stale(session)  # the city's name stands in entries of other cities' feeds, too
    withdraw_planned(session, "A city's entry was changed.")
    audit.record(
        session,
        actor=actor,
        action="edit city",
        subject=f"city:{city.id}",
        before=before,
        after=after,
        now=now,
    )


def _shown_in_feeds(draft: CityDraft) -> tuple[str, str, str]:
    return draft.name, draft.time_zone, draft.position


def _write(city: City, draft: CityDraft) -> None:
    city.name = draft.name
    city.time_zone = draft.time_zone
    city.language = draft.language
    city.holidays_country = draft.country
    city.holidays_subdivision = draft.subdivision
    city.holidays_categories = list(draft.categories)
    city.work_starts_local = draft.work_starts
    city.work_ends_local = draft.work_ends
    city.welfare = draft.welfare
    city.latitude, city.longitude = parse_position(draft.position) or (None, None)
    # Rows are kept by name: the database would see a second one before the first is gone.
    kept = {row.name: row for row in city.quiet_periods}
    city.quiet_periods = [_period_row(kept.get(p.name), p) for p in draft.quiet_periods]


def _period_row(row: QuietPeriod | None, period: QuietPeriodRule) -> QuietPeriod:
    if row is None:
        return QuietPeriod(name=period.name, first=period.first, last=period.last)  # type: ignore[call-arg]  # the relation gives city_id
    row.first, row.last = period.first, period.last
    return row


def _free_slug(session: Session, name: str) -> str:
    wanted = slug_of(name)
    taken = set(session.exec(select(City.slug).where(col(City.slug).startswith(wanted, autoescape=True))))
    taken |= RESERVED_SLUGS
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)
