"""What somebody owes, as days in the calendars of those who owe it: of every noun whose duties are listed.

What exchanges and events owe by their stages and milestones stands with them in the programme, and is not
made here. exchange.duties says who owes what, rules.access who may know of it and what a calendar carries.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from sqlmodel import Session

from exchange.access.standings import standing
from exchange.duties.configured import plans_of
from exchange.duties.listed import Listed, Window
from exchange.duties.owing import Reader, chairs_of
from exchange.duties.sources import duties_beside_programme, owed_by
from exchange.feeds.content.entries import Audience, Entry, EntryKind, EntryStatus
from exchange.feeds.content.feed_owners import audience_of, seats_of_owner
from exchange.feeds.content.programme_items import as_text
from exchange.feeds.content.variants_by_reader import VariantName
from exchange.feeds.content.words import Words, words_of
from exchange.models import Feed, FeedKind
from exchange.rules.access.rings import Showing, carried
from exchange.settings import Settings

LATE_MOST, AHEAD_MOST = timedelta(days=56), timedelta(days=366)
NEVER_STAMPED = datetime(1970, 1, 1, tzinfo=UTC)
OWED_ITEMS = "owed:"  # of items that hold what one feed's owner owes
_WITH_OWNERS = frozenset({FeedKind.CITY, FeedKind.GROUP, FeedKind.PERSON})


@dataclass(frozen=True)
class OwedOf:
    """What the owner of one feed owes, as the item that only this feed lists.

    Entries have neither SEQUENCE nor stamp: nothing stores a duty, so what publishes it stamps it.
    """

    feed_id: int
    audience: Audience
    owed: Sequence[Entry]
    reach: str  # JSON: what it is about, "training:12" and the like

    @property
    def name(self) -> VariantName:
        """The item and its audience, as stored."""
        return f"{OWED_ITEMS}{self.feed_id}", as_text(self.audience)

    def entries(self, audience: Audience) -> Sequence[Entry]:
        """All of it: one feed lists it, and it was made for that one."""
        return self.owed


def owed_of_feeds(session: Session, feeds: Iterable[Feed], settings: Settings, on: date) -> dict[str, OwedOf]:
    """What the owners of cities', groups' and persons' feeds owe on a day (UTC), by item.

    From eight weeks before it to a year after, at noon, so that all of one day reads alike. A fixed number of
    statements. Needs with_owners.
    """
    owned = [feed for feed in feeds if feed.kind in _WITH_OWNERS]
    people = frozenset(feed.person_id for feed in owned if feed.person_id is not None)
    noon = datetime.combine(on, time(12), UTC)
    window = Window(on - LATE_MOST, on + AHEAD_MOST, noon, plans_of(settings), people=people)
    listed = duties_beside_programme(session, window) if owned else []
    chairs = chairs_of(session, people) if people and listed else {}
    found = {}
    for feed in owned:
        audience = audience_of(feed, settings.network_time_zone, on)
        reader = _reader(feed, audience, chairs.get(feed.person_id or 0, frozenset()), on)
        owed = owed_by(reader, listed, noon)
        about = sorted({f"{one.duty.subject.kind}:{one.duty.subject.id}" for one in owed})
        one = OwedOf(feed.id or 0, audience, entries_of_duties(owed, audience), json.dumps(about))
        found[one.name[0]] = one
    return found


def entries_of_duties(owed: Iterable[Listed], audience: Audience) -> list[Entry]:
    """What is owed, a day each; what two roles of one reader owe, once. Nothing whose title is kept back.

    A UID is its duty's for good, and names nobody.
    """
    found: dict[tuple[str, str, date], Entry] = {}
    for one in owed:
        shown = carried(one.marking, audience.ring)
        if shown is not None and shown.title:
            found.setdefault((one.kind, one.path, one.duty.due_on), _entry(one, shown, audience))
    return list(found.values())


def _reader(feed: Feed, audience: Audience, chairs: frozenset[int], on: date) -> Reader:
    """Who owes by this feed: its person, whoever leads or is contact of its city, or its group's chair."""
    if feed.person is not None:
        return Reader(standing(feed.person, seats_of_owner(feed), on), chairs)
    stands = audience.standing
    return Reader(replace(stands, leads=stands.cities), chairs=audience.groups)


def _entry(one: Listed, shown: Showing, audience: Audience) -> Entry:
    duty, words = one.duty, words_of(audience.language)
    what, about = _said(one, words), duty.subject.title
    return Entry(
        kind=EntryKind.DEADLINE,
        uid=f"owed-{sha256(duty.key.encode()).hexdigest()[:32]}@exchange",
        sequence=0,
        changed_at=NEVER_STAMPED,
        title=what if what == about else f"{about}: {what}",
        marking=one.marking,
        status=EntryStatus.CONFIRMED,
        first_on=duty.due_on,
        last_on=duty.due_on,
        link=one.path if shown.portal else "",
        categories=(words.gettext("Deadline"),),
    )


def _said(one: Listed, words: Words) -> str:
    what = one.duty.what
    return words.gettext(what.template, **what.values) if what.values else words.gettext(what.template)
