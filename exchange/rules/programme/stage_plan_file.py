"""Reading config/cycle.toml: a document becomes a StagePlan, or one sentence says what is wrong.

Not the opening of the file: the caller parses the TOML and names the file in its message.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from exchange.rules.programme.stage_plan import (
    Anchor,
    AskRule,
    ChaseFrom,
    ChaseStep,
    ChaseTo,
    CycleAsk,
    LetterRule,
    MeetingRule,
    MessageClass,
    Phase,
    SittingRule,
    StagePlan,
    StageRule,
)
from exchange.rules.time.timezones import is_known_zone
from exchange.rules.toml_fields import Entry, refuse

AUDIENCES = (
    "board",
    "group_chairs",
    "cities",
    "experts",
    "group",
    "registered",
    "authors",
    "reviewers",
    "city_leads",
    "coordinators",
)
OWNERS = ("coordinator", "expert_lead", "city_contacts", "reviewers", "owners")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_WEEKS = 52
FARTHEST_DAYS = 182  # half a year from what a letter speaks of
FARTHEST_HOURS = 48
FARTHEST_CHASE_DAYS = 28  # a reminder four weeks off reminds nobody
QUESTION_MAX = 500  # characters

_PHASES = {
    "weeks": (Phase.WITHIN, 1, LONGEST_WEEKS),
    "weeks_before": (Phase.BEFORE, -LONGEST_WEEKS, -1),
    "weeks_after": (Phase.AFTER, 1, LONGEST_WEEKS),
}
_DOCUMENT_KEYS = {
    "duration_weeks",
    "cadence_weeks",
    "send_at",
    "session",
    "stages",
    "meetings",
    "letters",
    "asks",
    "chasing",
}
_LETTER_KEYS = {
    "key",
    "name",
    "stage",
    "from",
    "days",
    "hours",
    "audience",
    "reminds_of",
    "only_silent",
    "class",
}


def read_stage_plan(document: Mapping[str, object]) -> StagePlan:
    """The plan that a parsed document describes.

    Raises ConfigurationError naming the key ("stages[2].weeks", counted from 1) and what was
    expected of it.
    """
    entry = Entry("", document, known=_DOCUMENT_KEYS)
    duration_weeks = entry.integer("duration_weeks", 1, LONGEST_WEEKS)
    stages = entry.each("stages", _stage)
    _check_unique("stages", [stage.key for stage in stages])
    _check_weeks(stages, duration_weeks)
    within = [stage.key for stage in stages if stage.phase is Phase.WITHIN]
    meetings = entry.each("meetings", partial(_meeting, within))
    _check_unique("meetings", [meeting.key for meeting in meetings])
    _check_unique("meetings", [meeting.stage for meeting in meetings])
    session = entry.choice("session", [meeting.key for meeting in meetings])
    letters = entry.each("letters", partial(_letter, stages, meetings))
    _check_unique("letters", [letter.key for letter in letters])
    _check_reminders(letters)
    asks = entry.each("asks", partial(_ask, stages, letters))
    _check_asks(asks)
    chasing = entry.each("chasing", _chase_step) if entry.has("chasing") else ()
    _check_unique("chasing", [step.key for step in chasing])
    return StagePlan(
        duration_weeks=duration_weeks,
        cadence_weeks=entry.integer("cadence_weeks", 1, LONGEST_WEEKS),
        send_at=entry.clock("send_at"),
        stages=stages,
        meetings=meetings,
        letters=letters,
        session=next(meeting for meeting in meetings if meeting.key == session),
        asks=asks,
        chasing=chasing,
    )


def _stage(place: str, table: object) -> StageRule:
    entry = Entry(place, table, known={"key", "name", "owner", *_PHASES})
    written = [key for key in _PHASES if entry.has(key)]
    if len(written) != 1:
        refuse(place, f"exactly one of {', '.join(_PHASES)}", written)
    phase, lowest, highest = _PHASES[written[0]]
    first_week, last_week = entry.span(written[0], lowest, highest)
    return StageRule(
        key=_key(entry),
        name=entry.text("name"),
        owner=entry.choice("owner", OWNERS),
        phase=phase,
        first_week=first_week,
        last_week=last_week,
    )


def _meeting(stages: Collection[str], place: str, table: object) -> MeetingRule:
    known = {"key", "name", "stage", "weekday", "minutes", "sittings"}
    entry = Entry(place, table, known=known)
    return MeetingRule(
        key=_key(entry),
        name=entry.text("name"),
        stage=entry.choice("stage", stages),
        weekday=WEEKDAYS.index(entry.choice("weekday", WEEKDAYS)),
        minutes=entry.integer("minutes", 5, 24 * 60),
        sittings=entry.each("sittings", _sitting),
    )


def _sitting(place: str, table: object) -> SittingRule:
    entry = Entry(place, table, known={"at", "time_zone"})
    time_zone = entry.text("time_zone")
    if not is_known_zone(time_zone):
        refuse(f"{place}.time_zone", "a time zone like Europe/Stockholm", time_zone)
    return SittingRule(entry.clock("at"), time_zone)


def _letter(
    stages: Sequence[StageRule], meetings: Sequence[MeetingRule], place: str, table: object
) -> LetterRule:
    entry = Entry(place, table, known=_LETTER_KEYS)
    stage = entry.choice("stage", [stage.key for stage in stages])
    anchor = Anchor(entry.choice("from", list(Anchor)))
    if anchor.is_meeting and stage not in {meeting.stage for meeting in meetings}:
        refuse(f"{place}.from", f"stage_start or stage_due, as {stage} has no meeting", str(anchor))
    if entry.has("hours") and (entry.has("days") or not anchor.is_meeting):
        refuse(f"{place}.hours", "hours only from a meeting, and not beside days", "hours")
    return LetterRule(
        key=_key(entry),
        name=entry.text("name"),
        stage=stage,
        anchor=anchor,
        days=entry.integer("days", -FARTHEST_DAYS, FARTHEST_DAYS, default=0),
        hours=entry.integer("hours", -FARTHEST_HOURS, FARTHEST_HOURS, default=0),
        audience=entry.choices("audience", AUDIENCES),
        reminds_of=entry.text("reminds_of") if entry.has("reminds_of") else None,
        only_silent=entry.flag("only_silent"),
        message_class=_message_class(entry),
    )


def _ask(stages: Sequence[StageRule], letters: Sequence[LetterRule], place: str, table: object) -> AskRule:
    entry = Entry(place, table, known={"asks", "letter", "closes", "questions"})
    return AskRule(
        kind=CycleAsk(entry.choice("asks", list(CycleAsk))),
        letter=entry.choice("letter", [letter.key for letter in letters if letter.reminds_of is None]),
        closes=entry.choice("closes", [stage.key for stage in stages]),
        questions=entry.texts("questions", QUESTION_MAX),
    )


def _message_class(entry: Entry) -> MessageClass:
    if not entry.has("class"):
        return MessageClass.PROGRAMME
    return MessageClass(entry.choice("class", list(MessageClass)))


def _key(entry: Entry) -> str:
    key = entry.text("key")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]{0,39}", key):
        refuse(f"{entry.place}.key", "a letter, then up to 39 letters, digits, _, + or -", key)
    return key


def _check_unique(place: str, keys: Sequence[str]) -> None:
    for n, key in enumerate(keys, 1):
        if key in keys[: n - 1]:
            refuse(f"{place}[{n}]", "each key and each stage once", key)


def _check_weeks(stages: Sequence[StageRule], duration_weeks: int) -> None:
    """The stages within tile the duration in order; the others may have gaps but no overlap."""
    for phase in Phase:
        mine = [(n, stage) for n, stage in enumerate(stages, 1) if stage.phase is phase]
        next_week = 1 if phase is Phase.WITHIN else -LONGEST_WEEKS
        for n, stage in mine:
            if stage.first_week < next_week:
                refuse(f"stages[{n}]", f"weeks that begin with {next_week} or later", stage.key)
            if phase is Phase.WITHIN and stage.first_week != next_week:
                refuse(f"stages[{n}].weeks", f"weeks that begin with {next_week}", stage.first_week)
            next_week = stage.last_week + 1
        if phase is Phase.WITHIN and next_week - 1 != duration_weeks:
            expected = f"stages whose weeks end with {duration_weeks}, the duration_weeks"
            refuse("stages", expected, next_week - 1)


def _chase_step(place: str, table: object) -> ChaseStep:
    entry = Entry(place, table, known={"key", "name", "from", "days", "to", "asks"})
    return ChaseStep(
        key=_key(entry),
        name=entry.text("name"),
        origin=ChaseFrom(entry.choice("from", list(ChaseFrom))),
        days=entry.integer("days", -FARTHEST_CHASE_DAYS, FARTHEST_CHASE_DAYS, default=0),
        to=ChaseTo(entry.choice("to", list(ChaseTo))),
        asks=tuple(CycleAsk(kind) for kind in entry.choices("asks", list(CycleAsk))),
    )


def _check_asks(asks: Sequence[AskRule]) -> None:
    kinds = [ask.kind for ask in asks]
    if sorted(kinds) != sorted(CycleAsk):
        refuse("asks", f"one for each of {', '.join(CycleAsk)}", kinds)


def _check_reminders(letters: Sequence[LetterRule]) -> None:
    own = {letter.key for letter in letters if letter.reminds_of is None}
    for n, letter in enumerate(letters, 1):
        if letter.reminds_of is not None and letter.reminds_of not in own:
            expected = "the key of a letter that is no reminder itself"
            refuse(f"letters[{n}].reminds_of", expected, letter.reminds_of)
