"""The stage plan: which stages an exchange has and which letters they call for, as a file says it.

Not dates: cycles.py lays the stages on a calendar and reminders.py works out when letters go.
"""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class Phase(StrEnum):
    """Where a stage stands: before the first Monday, within the cycle's weeks, or after its end."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"


@dataclass(frozen=True)
class StageRule:
    """One stage and the weeks it takes, first to last, both included.

    WITHIN counts 1..N from the cycle's first Monday. BEFORE counts ..-2, -1, and -1 ends with the
    Sunday before it. AFTER counts 1.. from the Monday that follows the cycle's last day.
    """

    key: str
    name: str
    owner: str
    phase: Phase
    first_week: int
    last_week: int

    @property
    def weeks(self) -> int:
        """How many weeks the stage takes."""
        return self.last_week - self.first_week + 1


@dataclass(frozen=True)
class SittingRule:
    """The usual wall time of one sitting of a meeting; a second serves the far side of the world."""

    at: time
    time_zone: str


@dataclass(frozen=True)
class MeetingRule:
    """A meeting that a stage holds, on ``weekday`` (0 is Monday) of the stage's first week."""

    key: str
    name: str
    stage: str
    weekday: int
    minutes: int
    sittings: tuple[SittingRule, ...]


class Anchor(StrEnum):
    """What a letter's days and hours are counted from."""

    STAGE_START = "stage_start"  # the stage's first day
    STAGE_DUE = "stage_due"  # the Friday of the stage's last week
    MEETING_START = "meeting_start"  # the reader's sitting of the stage's meeting
    MEETING_END = "meeting_end"

    @property
    def is_meeting(self) -> bool:
        """Whether the letter speaks of a meeting and not of the stage's dates."""
        return self in {Anchor.MEETING_START, Anchor.MEETING_END}


class MessageClass(StrEnum):
    """Whether a reader can switch a letter off."""

    SERVICE = "service"  # about what somebody accepted or asked for
    PROGRAMME = "programme"  # calls, invitations and reminders; ends with one click


class CycleAsk(StrEnum):
    """Whom an ask of a cycle is put to; each city answers once, each member of a group for themselves."""

    CITIES = "cities"
    GROUPS = "groups"

    @property
    def template(self) -> str:
        """Its key in config/asks.toml."""
        return f"cycle-{self}"

    @classmethod
    def of(cls, template: str) -> "CycleAsk":
        """The one with a template. Raises ValueError for an ask that no stage plan makes."""
        return cls(template.removeprefix("cycle-"))


class ChaseTo(StrEnum):
    """Whom a step of the ladder writes to."""

    SILENT = "silent"  # who has not answered
    CHAIR = "chair"  # the chair of a group with silent members
    CITY_LEAD = "city_lead"  # the lead of a silent city
    MEMBER_LEAD = "member_lead"  # the lead of the city that a silent member of a group belongs to


class ChaseFrom(StrEnum):
    """What a step's days are counted from."""

    HALF_WAY = "half_way"  # half of the days from the letter that asks to the last day for answers
    DUE = "due"  # the last day for answers, extended ones included


@dataclass(frozen=True)
class ChaseStep:
    """One step of the ladder that follows a letter which awaits an answer; it stops at the answer."""

    key: str
    name: str
    origin: ChaseFrom
    days: int
    to: ChaseTo
    asks: tuple[CycleAsk, ...]


@dataclass(frozen=True)
class LetterRule:
    """One letter of the plan: from when, by how much, and to whom.

    ``days`` and ``hours`` are counted from ``anchor``, negative before it; hours only from a
    meeting and never with days. ``reminds_of`` is the key of the letter that this one repeats, None
    for a letter of its own. ``only_silent`` leaves out readers who have answered. ``chases``
    is whom a step of the ladder writes to, None for every other letter.
    """

    key: str
    name: str
    stage: str
    anchor: Anchor
    days: int
    hours: int
    audience: tuple[str, ...]
    reminds_of: str | None = None
    only_silent: bool = False
    message_class: MessageClass = MessageClass.PROGRAMME
    chases: ChaseTo | None = None

    @property
    def is_before(self) -> bool:
        """Whether the letter is worth nothing once its moment has come."""
        return self.days < 0 or self.hours < 0


@dataclass(frozen=True)
class AskRule:
    """The questions that every cycle begins with, the letter that asks and the stage that closes."""

    kind: CycleAsk
    letter: str
    closes: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class StagePlan:
    """Everything config/cycle.toml says. ``send_at`` is the wall time at which day letters go.

    ``session`` is the meeting, one of ``meetings``, that is the live session.
    """

    duration_weeks: int
    cadence_weeks: int
    send_at: time
    stages: tuple[StageRule, ...]
    meetings: tuple[MeetingRule, ...]
    letters: tuple[LetterRule, ...]
    session: MeetingRule
    asks: tuple[AskRule, ...]
    chasing: tuple[ChaseStep, ...] = ()

    def ask(self, kind: CycleAsk) -> AskRule:
        """The ask of a kind; the plan has one of each."""
        return next(ask for ask in self.asks if ask.kind is kind)

    def ladder(self, kind: CycleAsk) -> tuple[ChaseStep, ...]:
        """The steps that follow the letter of an ask."""
        return tuple(step for step in self.chasing if kind in step.asks)

    def ask_of(self, letter: LetterRule) -> AskRule | None:
        """The ask that a letter asks or reminds of; None for letters that await no answer."""
        key = letter.reminds_of or letter.key
        return next((ask for ask in self.asks if ask.letter == key), None)

    @property
    def session_stage(self) -> str:
        """The key of the stage that holds the live session."""
        return self.session.stage

    @property
    def session_weekday(self) -> int:
        """The weekday of the live session, 0 for Monday."""
        return self.session.weekday

    @property
    def stages_within(self) -> tuple[StageRule, ...]:
        """The stages that share the cycle's weeks, in order."""
        return tuple(stage for stage in self.stages if stage.phase is Phase.WITHIN)
