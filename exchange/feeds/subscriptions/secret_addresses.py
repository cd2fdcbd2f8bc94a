"""Secret addresses of private feeds: derived, shown, replaced, revoked.

A token is a bearer secret. Only its digest is stored; nothing here logs one.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import Conflict
from exchange.models import City, Feed, FeedAddress, FeedKind, Person
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.tokens import derived_token, digest, is_same

_PURPOSE = "feed address"


def token_for(settings: Settings, feed_id: int, serial: int) -> str:
    """The secret part of a feed's address: 256 bits, URL-safe, the same for the same secret key."""
    return derived_token(settings.secret_key, f"{_PURPOSE}:{feed_id}:{serial}")


def current_address(settings: Settings, feed: Feed) -> str | None:
    """The https address to subscribe to; None when it was revoked, or when the secret key has changed since.

    Needs the feed's addresses loaded.
    """
    if feed.kind == FeedKind.NETWORK:
        return f"{settings.base_url}/feeds/network.ics"
    token = token_of(settings, feed)
    return f"{settings.base_url}/feeds/{token}.ics" if token else None


def token_of(settings: Settings, feed: Feed) -> str | None:
    """The secret part of a private feed's address; None when there is none. Needs the addresses loaded."""
    for address in feed.addresses:
        token = token_for(settings, address.feed_id, address.serial)
        if address.revoked_at is None and is_same(digest(token), address.token_digest):
            return token
    return None


def webcal(address: str) -> str:
    """The same address under the scheme that calendar programs take for a subscription."""
    return f"webcal://{address.partition('://')[2]}"


def add_address(session: Session, feed: Feed, *, settings: Settings, now: datetime) -> FeedAddress:
    """Give a feed its next address; the feed must have an id."""
    if feed.id is None:
        raise ValueError("a feed needs an id before an address can be derived")
    serial = 1 + max((address.serial for address in feed.addresses), default=0)
    address = FeedAddress(
        feed_id=feed.id,
        serial=serial,
        token_digest=digest(token_for(settings, feed.id, serial)),
        created_at=now,
    )
    feed.addresses.append(address)
    session.flush()
    return address


def replace_address(
    session: Session, feed: Feed, *, actor: Person | None, settings: Settings, now: datetime, reason: str = ""
) -> FeedAddress:
    """Revoke a private feed's addresses, if it has any, and make the next one; the old ones answer 410.

    Raises Conflict for the public feed, whose address is no secret, and for a city that has left.
    """
    _refuse_public(feed)
    if not may_have_address(feed, now):
        raise Conflict("The city has left the network: its calendar has stopped.")
    before = {"serials": _revoke(session, feed, now)}
    address = add_address(session, feed, settings=settings, now=now)
    audit.record(
        session,
        actor=actor,
        action="replace feed address",
        subject=f"feed:{feed.id}",
        before=before,
        after={"serials": [address.serial]},
        now=now,
        reason=reason,
    )
    return address


def may_have_address(feed: Feed, now: datetime) -> bool:
    """Whether somebody may subscribe to the feed at all: not to that of a city or a person that has left."""
    if feed.person is not None and not feed.person.is_active:
        return False
    city = feed.city
    return city is None or not city.is_former_on(wall_time(now, city.time_zone).on)


def revoke_city_feed(
    session: Session, city: City, *, actor: Person | None, now: datetime, reason: str = ""
) -> None:
    """Stop a city's feeds, as its membership ends: their addresses answer 410 with an empty calendar."""
    for feed in session.exec(select(Feed).where(Feed.city_id == city.id).order_by(col(Feed.id))).all():
        revoke_address(session, feed, actor=actor, now=now, reason=reason)


def revoke_address(
    session: Session, feed: Feed, *, actor: Person | None, now: datetime, reason: str = ""
) -> None:
    """Stop a private feed without a new address; the old ones answer 410. Nothing when it has none.

    Raises Conflict for the public feed.
    """
    _refuse_public(feed)
    serials = _revoke(session, feed, now)
    if not serials:
        return
    audit.record(
        session,
        actor=actor,
        action="revoke feed address",
        subject=f"feed:{feed.id}",
        before={"serials": serials},
        after={"serials": []},
        now=now,
        reason=reason,
    )


def _refuse_public(feed: Feed) -> None:
    if feed.kind == FeedKind.NETWORK:
        raise Conflict("The public feed has one address for life: it is no secret.")


def _revoke(session: Session, feed: Feed, now: datetime) -> list[int]:
    """Revoke the addresses in force, one change after another; their serials."""
    audit.wait_for_turn(session)
    in_force = session.exec(
        select(FeedAddress)
        .where(FeedAddress.feed_id == feed.id, col(FeedAddress.revoked_at).is_(None))
        .order_by(col(FeedAddress.serial))
        .execution_options(populate_existing=True)
    ).all()
    for address in in_force:
        address.revoked_at = now
        session.add(address)
    session.flush()
    session.refresh(feed, ["addresses"])
    return [address.serial for address in in_force]
