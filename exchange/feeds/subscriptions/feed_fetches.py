"""Who fetched a feed at the address it has now, when last and how often. What was counted, never by whom."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.models import CalendarProgram, Feed, FeedPoll

STALE_AFTER = timedelta(hours=48)  # Google comes once or twice a day: who misses two days has a fault
FORGOTTEN_AFTER = timedelta(days=90)  # a program that came no more; the last fetch of a feed is kept


@dataclass(frozen=True)
class ProgramFetches:
    """Fetches by one kind of program; ``a_day`` is how many on a day when it came most, of the last two."""

    program: CalendarProgram
    last_at: datetime
    age: timedelta
    a_day: int


@dataclass(frozen=True)
class Fetches:
    """All of one feed as of one moment: programs that subscribe, the latest first.

    A browser is no subscription, and stands apart. ``state_at`` is the Last-Modified of the newest state
    that a subscriber has; None when there is none.
    """

    programs: tuple[ProgramFetches, ...] = ()
    browser: ProgramFetches | None = None
    state_at: datetime | None = None

    @property
    def age(self) -> timedelta | None:
        """How long ago a program came last; None: never."""
        return self.programs[0].age if self.programs else None

    @property
    def is_stale(self) -> bool:
        """Whether programs that came once come no more."""
        return self.age is not None and self.age > STALE_AFTER

    @property
    def latest(self) -> list[CalendarProgram]:
        """The programs that came in the two days up to the last fetch."""
        return [one.program for one in self.programs if one.age - self.programs[0].age <= STALE_AFTER]


NEVER = Fetches()


def fetches_of(session: Session, feeds: Iterable[Feed], now: datetime) -> dict[int, Fetches]:
    """By feed, at the addresses in force, in one statement. Feeds nobody fetched are left out.

    Needs the feeds' addresses loaded.
    """
    serials = {feed.id or 0: _serials(feed) for feed in feeds}
    polls = session.exec(
        select(FeedPoll)
        .where(col(FeedPoll.feed_id).in_(serials))
        .order_by(col(FeedPoll.last_at).desc(), col(FeedPoll.program))
    ).all()
    by_feed: defaultdict[int, list[FeedPoll]] = defaultdict(list)
    for poll in polls:
        if poll.serial in serials[poll.feed_id]:
            by_feed[poll.feed_id].append(poll)
    return {feed_id: _together(found, now) for feed_id, found in by_feed.items()}


def forget_old_polls(session: Session, now: datetime) -> int:
    """Forget programs that came no more and addresses that were revoked; how many rows.

    The last fetch at an address in force stays, however old: that it was fetched once is not "never".
    """
    polls = session.exec(select(FeedPoll).order_by(col(FeedPoll.last_at).desc())).all()
    feeds = session.exec(
        select(Feed)
        .where(col(Feed.id).in_({poll.feed_id for poll in polls}))
        .options(selectinload(Feed.addresses))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    serials = {feed.id or 0: _serials(feed) for feed in feeds}
    kept: set[tuple[int, int]] = set()
    forgotten = 0
    for poll in polls:
        address = (poll.feed_id, poll.serial)
        is_in_force = poll.serial in serials[poll.feed_id]
        if is_in_force and (address not in kept or poll.last_at > now - FORGOTTEN_AFTER):
            kept.add(address)
            continue
        _forget(session, poll)
        forgotten += 1
    return forgotten


def _serials(feed: Feed) -> set[int]:
    """Those of the addresses in force; the public feed's own address has 0."""
    return {0, *(address.serial for address in feed.addresses if address.revoked_at is None)}


def _together(polls: list[FeedPoll], now: datetime) -> Fetches:
    """All programs of one feed; they come in the order of their last fetch."""
    browser = next((poll for poll in polls if poll.program == CalendarProgram.BROWSER), None)
    others: dict[str, FeedPoll] = {}
    for poll in polls:
        if poll.program != CalendarProgram.BROWSER:
            others.setdefault(poll.program, poll)
    states = [poll.state_at for poll in polls if poll.program != CalendarProgram.BROWSER]
    return Fetches(
        programs=tuple(_of_program(poll, now) for poll in others.values()),
        browser=_of_program(browser, now) if browser else None,
        state_at=max(states, default=None),
    )


def _of_program(poll: FeedPoll, now: datetime) -> ProgramFetches:
    age = max(now - poll.last_at, timedelta(minutes=1))  # it was noted to the minute
    a_day = max(poll.polls, poll.polls_before)
    return ProgramFetches(CalendarProgram(poll.program), poll.last_at, age, a_day)


def _forget(session: Session, poll: FeedPoll) -> None:
    session.execute(
        delete(FeedPoll).where(
            col(FeedPoll.feed_id) == poll.feed_id,
            col(FeedPoll.serial) == poll.serial,
            col(FeedPoll.program) == poll.program,
            col(FeedPoll.last_at) == poll.last_at,  # else it was fetched meanwhile
        )
    )
