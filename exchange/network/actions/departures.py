"""When somebody leaves a city or a group, the calendars whose addresses they knew get new ones."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, or_, select

from exchange.feeds.subscriptions.secret_addresses import current_address, may_have_address, replace_address
from exchange.mail.writing.custom_wording import NO_WORDINGS, load_wordings
from exchange.models import Feed, Person
from exchange.network.actions.new_addresses import LEFT, keepers_of, tell_keepers
from exchange.settings import Settings


def replace_known_addresses(
    session: Session,
    leaver: Person,
    *,
    city_ids: Collection[int] = (),
    group_ids: Collection[int] = (),
    actor: Person | None,
    settings: Settings,
    now: datetime,
) -> None:
    """Give the calendars of these cities and groups new addresses, and tell those who keep them.

    A calendar without an address stays without one.
    """
    of_these = or_(col(Feed.city_id).in_(city_ids), col(Feed.group_id).in_(group_ids))
    feeds = session.exec(
        select(Feed).where(of_these).options(selectinload(Feed.addresses)).order_by(col(Feed.id))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    wordings = load_wordings(session) if feeds else NO_WORDINGS
    for feed in feeds:
        if current_address(settings, feed) is None or not may_have_address(feed, now):
            continue
        reason = "Somebody who knew the address has left."
        made = replace_address(session, feed, actor=actor, settings=settings, now=now, reason=reason)
        keepers = [one for one in keepers_of(session, feed) if one.id != leaver.id]
        tell_keepers(session, made, keepers, LEFT, wordings=wordings, settings=settings, now=now)
