"""45,000 letters that went out: those that are due by now under the keys that the schedule gives them.

So a tick finds nothing to queue, and invitations to what is ahead are in calendars.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from exchange.audit import record_done
from exchange.mail.schedule import outlooks
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.compose import asks_to_come
from exchange.models import Chase, Invitation, JobRun, Letter, LetterState
from exchange.rules.programme.stage_plan import StagePlan
from exchange.tokens import digest
from tests.bench.full_size.people import city_of
from tests.bench.full_size.programme import CYCLES, readers_of, starts_on
from tests.bench.full_size.rows import Row, put

LETTERS, IN_THE_TRAIL, TICKS = 45_000, 10_000, 20_000
TEXT = "The exchange still takes what your city knows, by Friday.\n\n" * 12
PAST_KINDS = ("E1", "E3", "E4", "E5", "E6", "E9")


def add_letters(session: Session, plan: StagePlan, now: datetime) -> None:
    """What the schedule calls for by ``now``, and as much of the past as makes LETTERS."""
    due = _due(session, plan, now)
    put(session, Letter, (_letter(n, *facts) for n, facts in enumerate(_all(due, now), 1)))
    ids = dict(
        session.exec(
            select(Letter.once_key, Letter.id).where(col(Letter.due_at) > now - timedelta(days=60))
        ).all()
    )
    chases = {(one.person.id, one.chase_week): ids[one.once_key] for one in due if one.chase_week}
    put(
        session,
        Chase,
        ({"person_id": who, "week": week, "letter_id": n} for (who, week), n in chases.items()),
    )
    put(session, Invitation, _invitations(due, now))
    done = ((f"letter:{n}", {"kind": "E1", "sha256": digest(str(n))}) for n in range(1, IN_THE_TRAIL + 1))
    record_done(session, "send letter", done, now - timedelta(days=30))
    put(session, JobRun, (_run(n, now) for n in range(TICKS)))


def _due(session: Session, plan: StagePlan, now: datetime) -> list[Planned]:
    """What is due and of use, as if it were queued at once."""
    found: dict[str, Planned] = {}
    for item in outlooks.current(session, now):
        due = outlooks.look(session, item, plan=plan, now=now).due
        found |= {one.once_key: one for one in due}
    return list(found.values())


Facts = tuple[str, str, int, int | None, int | None, datetime]


def _all(due: Iterable[Planned], now: datetime) -> Iterator[Facts]:
    """Once-key, kind, reader, cycle, event and when it went, the oldest first."""
    of_now: list[Facts] = []
    for one in due:
        cycle, training = one.cycle.id if one.cycle else None, one.training.id if one.training else None
        of_now.append((one.once_key, one.kind, one.person.id or 0, cycle, training, one.letter.due_at))
    past = _past(now)
    for _ in range(LETTERS - len(of_now)):
        yield next(past)
    yield from of_now


def _past(now: datetime) -> Iterator[Facts]:
    for kind in PAST_KINDS:
        for cycle_id in range(CYCLES, 0, -1):
            at = datetime.combine(starts_on(cycle_id) + timedelta(weeks=4), time(9), now.tzinfo)
            if at < now - timedelta(days=120):
                for person_id in readers_of(cycle_id):
                    yield f"cycle:{cycle_id}:{kind}:{person_id}", kind, person_id, cycle_id, None, at


def _letter(
    number: int,
    key: str,
    kind: str,
    person_id: int,
    cycle_id: int | None,
    training_id: int | None,
    at: datetime,
) -> Row:
    return {
        "id": number,
        "once_key": key,
        "kind": kind,
        "person_id": person_id,
        "cycle_id": cycle_id,
        "training_id": training_id,
        "to_name": f"Åsa Nakamura-Öberg {person_id:04}",
        "to_address": f"person{person_id}@example.org",
        "subject": f"[TLP:GREEN] {kind}: your input is due on Friday",
        "text": TEXT,
        "html": f"<p>{TEXT}</p>",
        "why": f"City {city_of(person_id)} was asked.",
        "message_id": f"<bench-{number}@example.org>",
        "queued_at": at,
        "due_at": at,
        "state": LetterState.SENT,
        "attempts": 1,
        "sent_at": at,
        "last_answer": "250 Ok",
    }


def _invitations(due: Iterable[Planned], now: datetime) -> Iterator[Row]:
    """In the calendars of those who were asked to come to what is ahead."""
    seen: set[tuple[int, int | None, int | None]] = set()
    for one in due:
        cycle, training = one.cycle, one.training
        key = (one.person.id or 0, cycle.id if cycle else None, training.id if training else None)
        if not asks_to_come(one) or key in seen or one.letter.sitting is None:
            continue
        seen.add(key)
        name = "-".join(map(str, key))
        yield {
            "id": len(seen),
            "person_id": key[0],
            "cycle_id": key[1],
            "meeting": "session" if cycle else "",
            "training_id": key[2],
            "uid": f"bench-{name}@exchange",
            "changed_at": now,
            "link_digest": digest(f"link-{name}"),
            "reply_digest": digest(f"reply-{name}"),
            "sent_to": one.person.email,
            "says": {"wall": "as it is"},
        }


def _run(number: int, now: datetime) -> Row:
    """Two days of ticks, which the clock keeps."""
    at = now - timedelta(seconds=8 * (number + 1))
    job = ("answer_sign_ins", "deliver_mail", "publish_feeds", "solve_plans")[number % 4]
    return {
        "job": job,
        "slot_at": at,
        "claimed_at": at,
        "claimed_by": "bench:1",
        "finished_at": at,
        "outcome": "0",
    }
