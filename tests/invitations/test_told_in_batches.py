"""A change with many readers is told in batches: whatever happens between two of them, each is told once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from exchange.audit import record
from exchange.invitations import change_announcements
from exchange.invitations.change_announcements import Change
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import Cycle, LetterState, Person
from exchange.rules.letters.reminders import Reader
from exchange.rules.programme.stage_plan import StagePlan
from jobs.context import Context
from jobs.letters import tell_changes as job
from tests.factories import make_person
from tests.invitations.conftest import Post
from tests.invitations.test_change_announcements import MONDAY, invited_cycle, move_session, sent

BATCH = 2
READERS = 7  # of the cycle's change: four batches
MOVED_TO, MOVED_AGAIN = date(2027, 2, 16), date(2027, 2, 18)
LATER = MONDAY + QUIET
Between = Callable[[int], object]  # what happens before each batch, by its number


class Killed(BaseException):
    """As a process ends that is killed: nothing catches it."""


@pytest.fixture
def moved(post: Post, cycle: Cycle, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A session that seven people were invited to, moved ten minutes ago."""
    monkeypatch.setattr(job, "AT_ONCE", BATCH)
    with post.database.transaction() as session:
        lead = session.get_one(Cycle, 1).lead_city
        for number in range(READERS - 4):
            make_person(session, f"Reader {number}", city=lead)
    invited_cycle(post)
    move_session(post, MONDAY, MOVED_TO)
    post.clock.set(LATER)
    return post


def tick(post: Post, monkeypatch: pytest.MonkeyPatch, between: Between) -> list[int]:
    """Run the tick; how many readers each batch had."""
    sizes: list[int] = []
    real = change_announcements.tell_some

    def told(session: Session, change: object, readers: Sequence[Reader], **given: object) -> int:
        sizes.append(len(readers))
        return real(session, change, readers, **given)  # type: ignore[arg-type]  # as they came

    def wait(session: Session) -> None:
        between(len(sizes))

    with monkeypatch.context() as patch:
        patch.setattr(change_announcements, "tell_some", told)
        patch.setattr(job, "wait_for_turn", wait)
        job.tell_changes(post.context())
    return sizes


def changes(post: Post) -> list[tuple[str, str]]:
    """Readers and Message-IDs of letters about the change, taken-back ones aside."""
    found = [one for one in post.letters(kind="change") if one.state != LetterState.WITHDRAWN]
    return sorted((one.to_name, one.message_id) for one in found)


def nothing(_batch: int) -> None:
    """Nothing happens."""


def test_no_transaction_tells_many_readers(moved: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever saved something waited until all of five thousand readers had their letters."""
    assert tick(moved, monkeypatch, nothing) == [2, 2, 2, 1]
    assert len({name for name, _ in changes(moved)}) == len(changes(moved)) == READERS
    assert tick(moved, monkeypatch, nothing) == []


@pytest.mark.parametrize("is_delivered", [False, True])
@pytest.mark.parametrize("batch", range(5))
def test_a_kill_between_two_batches_neither_loses_nor_doubles(
    moved: Post, monkeypatch: pytest.MonkeyPatch, batch: int, is_delivered: bool
) -> None:
    """``batch`` 4 is after all of them and before it is noted that nothing is left to tell."""

    def kill(number: int) -> None:
        if number == batch:
            raise Killed

    with pytest.raises(Killed):
        tick(moved, monkeypatch, kill)
    before = changes(moved)
    assert len(before) == min(batch * BATCH, READERS)
    if is_delivered:
        sent(moved)
    tick(moved, monkeypatch, nothing)
    after = changes(moved)
    assert len(after) == len({name for name, _ in after}) == READERS
    assert set(before) <= set(after)
    assert tick(moved, monkeypatch, nothing) == []


@pytest.mark.parametrize("batch", range(1, 4))
def test_a_move_between_two_batches_is_told_to_those_before_and_after_it(
    moved: Post, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Those told before it, whose letters had gone, would keep the date that holds no more."""

    def killed(number: int) -> None:
        if number == batch:
            raise Killed

    with pytest.raises(Killed):
        tick(moved, monkeypatch, killed)
    sent(moved)
    move_session(moved, LATER, MOVED_AGAIN)
    tick(moved, monkeypatch, nothing)
    letters = moved.letters(kind="change", state=LetterState.QUEUED)
    assert len(letters) == READERS
    assert all("18 February" in one.text for one in letters)
    assert tick(moved, monkeypatch, nothing) == []


def test_what_is_done_during_the_telling_has_the_readers_looked_up_anew(
    moved: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who left meanwhile is not written to, and nobody is written to twice."""

    leaver = f"Reader {READERS - 5}"
    looks: list[int] = []
    batches: list[int] = []
    look, tell = change_announcements.changes_due, job._tell

    def leave() -> None:
        with moved.database.transaction() as session:
            person = session.exec(select(Person).where(Person.name == leaver)).one()
            person.is_active = False
            record(session, actor=None, action="end", subject=f"person:{person.id}", now=LATER)

    def looked(session: Session, now: datetime, *, plan: StagePlan) -> list[Change]:
        looks.append(1)
        return look(session, now, plan=plan)

    def told(context: Context, change: Change) -> Iterator[int]:
        for count in tell(context, change):
            if not batches:
                leave()
            batches.append(count)
            yield count

    monkeypatch.setattr(change_announcements, "changes_due", looked)
    monkeypatch.setattr(job, "_tell", told)
    job.tell_changes(moved.context())
    names = [name for name, _ in changes(moved)]
    assert len(looks) == 2
    assert leaver not in names
    assert len(names) == len(set(names)) == READERS - 1
