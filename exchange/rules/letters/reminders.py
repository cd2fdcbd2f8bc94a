"""Letters that a cycle calls for: to whom, when in their own time, and while they are worth sending.

Not sending and not remembering: what was sent is known to the outbox, under a key made with
``once_suffix``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from exchange.rules.letters.due_times import (
    SEND_AT,
    LetterTimes,
    own_sitting,
    times_by_meeting,
    times_by_stage,
)
from exchange.rules.programme.cycles import Sitting
from exchange.rules.programme.stage_moves import DatedStage
from exchange.rules.programme.stage_plan import Anchor, LetterRule
from exchange.rules.sentences import Sentence, Value
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import WallTime

__all__ = [
    "SEND_AT",
    "Anchor",
    "LetterRule",
    "NamedStage",
    "PlannedLetter",
    "Reader",
    "own_sitting",
    "planned_letters",
]


_WHY = {
    Anchor.STAGE_START: "%(what)s begins on %(on)s.",
    Anchor.STAGE_DUE: "%(what)s: due on %(on)s.",
    Anchor.MEETING_START: "%(what)s is on %(on)s at %(at)s in %(city)s.",
    Anchor.MEETING_END: "%(what)s on %(on)s at %(at)s in %(city)s is over.",
}


class NamedStage(DatedStage, Protocol):
    """A stage with its days and the name that people read."""

    @property
    def name(self) -> str:
        """The stage's name."""


@dataclass(frozen=True)
class Reader:
    """Somebody who may get letters; ``calendar`` is that of the city whose clock they go by."""

    person_id: int
    name: str
    roles: tuple[str, ...]
    calendar: CityCalendar
    has_answered: bool = False


@dataclass(frozen=True)
class PlannedLetter:
    """One letter to one reader.

    ``due_at`` and ``useless_after`` are UTC: a letter not sent by the latter is not sent at all.
    ``about_on`` is the day it speaks of (a stage's first day or due day, a sitting's day in the
    reader's city), ``sitting`` the reader's own when it is about a meeting, ``why`` what it says to
    a coordinator. ``once_suffix`` ("E5:17") holds no date, so that a stage which moves does not double
    the letter; a reminder's holds the moment it speaks of, so that a move re-arms it
    ("E5-1h:17@20270211T1400.Europe/London"). A caller's once-key is "cycle:12:" and this.
    ``awaits`` names whose answers a chasing letter is about. ``once_more`` tells a nudge from the one
    before, and the review or the publication of one version from that of another ("@v3").
    ``waiting`` is how many people wait for what its reader owes.
    """

    rule: LetterRule
    reader: Reader
    due_at: datetime
    useless_after: datetime
    about_on: date
    why: Sentence
    sitting: Sitting | None = None
    awaits: tuple[str, ...] = ()
    once_more: str = ""
    waiting: int = 0

    @property
    def key(self) -> str:
        """The letter's key in the plan: E1, E5-1h."""
        return self.rule.key

    @property
    def once_suffix(self) -> str:
        """What, with the cycle before it, makes the letter this one and no other."""
        suffix = f"{self.rule.key}:{self.reader.person_id}"
        moment = f"@{self._moment}" if self.rule.reminds_of else ""
        return f"{suffix}{moment}{self.once_more}"

    @property
    def _moment(self) -> str:
        """What a reminder counts to: its sitting's wall time, which zone rules do not move, or the day."""
        if self.sitting is None:
            return f"{self.about_on:%Y%m%d}"
        wall = self.sitting.wall
        return f"{wall.on:%Y%m%d}T{wall.at:%H%M}.{wall.time_zone}"


def planned_letters(
    rules: Sequence[LetterRule],
    stages: Sequence[NamedStage],
    *,
    sittings: Sequence[Sitting],
    readers_by_audience: Mapping[str, Sequence[Reader]],
    send_at: time = SEND_AT,
) -> list[PlannedLetter]:
    """Every letter of a cycle, past ones included, in the order due; same input, same list.

    Day letters go at ``send_at`` of a working day in the reader's city: asks roll forward to
    one, letters before something roll back. Hour letters go at their moment. A reader in several
    audiences of a rule gets one letter; of several sittings each reader has the one that suits
    their city. Left out: rules whose stage is not in ``stages`` (pass only those not done to
    silence the rest), letters about a meeting without sitting, letters due when already useless,
    and reminders that would come no later than the letter they repeat or together with another.
    """
    found = [
        letter
        for rule in rules
        for stage in stages
        if stage.key == rule.stage
        for letter in _letters(rule, stage, sittings, _readers(rule, readers_by_audience), send_at)
    ]
    kept = _without_needless_reminders(found)
    order = {rule.key: n for n, rule in enumerate(rules)}
    return sorted(kept, key=lambda one: (one.due_at, order[one.key], one.reader.person_id))


def _readers(rule: LetterRule, readers_by_audience: Mapping[str, Sequence[Reader]]) -> Iterator[Reader]:
    seen: set[int] = set()
    for audience in rule.audience:
        for reader in readers_by_audience.get(audience, ()):
            is_wanted = not (rule.only_silent and reader.has_answered)
            if is_wanted and reader.person_id not in seen:
                seen.add(reader.person_id)
                yield reader


def _letters(
    rule: LetterRule,
    stage: NamedStage,
    sittings: Sequence[Sitting],
    readers: Iterable[Reader],
    send_at: time,
) -> Iterator[PlannedLetter]:
    """A letter to each reader, but for those to whom it has no sitting or would come too late to be of use.

    When it leaves is worked out once for a city: all its people live by one clock.
    """
    by_calendar: dict[int, PlannedLetter | None] = {}
    for reader in readers:
        calendar = id(reader.calendar)  # hashing all that is in one would cost more than the rest
        if calendar not in by_calendar:
            by_calendar[calendar] = _letter(rule, stage, reader, sittings, send_at)
        of_city = by_calendar[calendar]
        if of_city is not None:
            yield PlannedLetter(
                rule,
                reader,
                of_city.due_at,
                of_city.useless_after,
                of_city.about_on,
                of_city.why,
                of_city.sitting,
            )


def _letter(
    rule: LetterRule, stage: NamedStage, reader: Reader, sittings: Sequence[Sitting], send_at: time
) -> PlannedLetter | None:
    """The one letter; None when it has no sitting or would come too late to be of use."""
    sitting: Sitting | None = None
    times: LetterTimes | None = None
    if rule.anchor.is_meeting:
        sitting = own_sitting(reader.calendar, [s for s in sittings if s.stage == stage.key])
        if sitting:
            times = times_by_meeting(rule, sitting, reader.calendar, send_at=send_at)
    else:
        times = times_by_stage(rule, stage, reader.calendar, send_at=send_at)
    if times is None or times.due_at >= times.useless_after:
        return None
    what = sitting.name if sitting else stage.name
    return PlannedLetter(
        rule=rule,
        reader=reader,
        due_at=times.due_at,
        useless_after=times.useless_after,
        about_on=times.about.on,
        why=_why(rule.anchor, what, times.about, reader.calendar.city),
        sitting=sitting,
    )


def _why(anchor: Anchor, what: str, about: WallTime, city: str) -> Sentence:
    values: dict[str, Value] = {"what": what, "on": about.on}
    if anchor.is_meeting:
        values |= {"at": f"{about.at:%H:%M}", "city": city}
    return Sentence(_WHY[anchor], values)


def _without_needless_reminders(letters: Sequence[PlannedLetter]) -> list[PlannedLetter]:
    """Leave out reminders not later than their letter, and the second of two at one moment."""
    own_due = {(one.reader.person_id, one.key): one.due_at for one in letters}
    told: set[tuple[int, str, datetime]] = set()
    kept = []
    for letter in letters:
        of = letter.rule.reminds_of
        if of is not None:
            first_due = own_due.get((letter.reader.person_id, of))
            moment = (letter.reader.person_id, of, letter.due_at)
            if moment in told or (first_due is not None and letter.due_at <= first_due):
                continue
            told.add(moment)
        kept.append(letter)
    return kept
