"""Write the entries of one audience: what a redaction lets through, and what is shown instead of the rest.

redaction.py decides who may see what; nothing here does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from exchange.feeds.content.descriptions import about_session, about_stage, about_training, joined
from exchange.feeds.content.entries import ALL_DAY, Audience, Entry, EntryKind, EntryStatus, on_clock
from exchange.feeds.content.words import Words, words_of
from exchange.models import (
    City,
    Cycle,
    Publication,
    Sitting,
    Stage,
    TrainingEvent,
    TrainingMode,
    TrainingState,
)
from exchange.rules.access.rings import Ring, Showing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import due_on
from exchange.rules.time.timezones import WallTime, existing

_UNCERTAIN = (TrainingState.IDEA, TrainingState.PROPOSED)
_CALLED_OFF = (Publication.CANCELLED, Publication.POSTPONED)
_DUE_FROM_CITIES = frozenset({"gather_closes", "review"})  # keys of stages; groups owe the draft


@dataclass(frozen=True)
class Redaction:
    """What one audience may be shown, and what it is shown instead of the rest."""

    showing: Showing
    audience: Audience
    network: str

    @property
    def words(self) -> Words:
        return words_of(self.audience.language)

    @property
    def is_busy_feed(self) -> bool:
        return self.audience.ring is Ring.BUSY

    def title(self, title: str) -> str:
        if self.is_busy_feed:
            return self.words.gettext("Busy")
        if self.showing.busy_only:
            return self.words.gettext("Private")
        return title if self.showing.title else self.words.gettext("%(network)s event", network=self.network)

    def starts(self, of: Sitting | TrainingEvent) -> WallTime:
        """With the title goes the zone: it would name the place."""
        wall = existing(WallTime(of.on_local, of.starts_local, of.time_zone))
        return wall if self.showing.title else on_clock(wall, self.audience.time_zone)

    def duty(self, city_id: int, text: str) -> str:
        """The text when the reader's own city leads or hosts, and that may be said.

        Never in a letter: one is written as to the host, and read by guests.
        """
        is_own = self.audience.city_id == city_id and self.audience.ring is not Ring.LETTER
        return text if self.showing.title and is_own else ""

    def categories(self, *names: str) -> tuple[str, ...]:
        return tuple(name for name in names if name) if self.showing.title else ()


def owes(cycle: Cycle, stage: Stage, redaction: Redaction) -> bool:
    """Whether the audience has something to hand in at the stage's end, and may be told so."""
    if not redaction.showing.title or not redaction.words.due(stage.key):
        return False
    if stage.key in _DUE_FROM_CITIES:
        return redaction.audience.city_id in {cycle.lead_city_id, *(city.id for city in cycle.cities)}
    return not redaction.audience.groups.isdisjoint({group.id for group in cycle.groups})


def as_blocks(entries: Iterable[Entry]) -> list[Entry]:
    """Time that is taken: what is timed and takes place, under a UID that leads to no other feed's entry."""
    return [
        replace(entry, uid=f"busy-{sha256(entry.uid.encode()).hexdigest()[:32]}@exchange")
        for entry in entries
        if entry.kind not in ALL_DAY and entry.status is not EntryStatus.CANCELLED
    ]


def cycle_entries(cycle: Cycle, redaction: Redaction) -> list[Entry]:
    """The stages of a cycle, what is due at their ends, and its sittings."""
    common = _common(cycle, redaction)
    stages = [_stage_entry(common, cycle, stage, redaction) for stage in cycle.stages]
    deadlines = [
        _deadline_entry(entry, cycle, stage, redaction)
        for entry, stage in zip(stages, cycle.stages, strict=True)
        if owes(cycle, stage, redaction)
    ]
    return [*stages, *deadlines, *(_session_entry(common, cycle, one, redaction) for one in cycle.sittings)]


def _common(cycle: Cycle, redaction: Redaction) -> Entry:
    """What all entries of a cycle share, worked out once; a stage's but for the stage's own."""
    words, has_title = redaction.words, redaction.showing.title
    duty = redaction.duty(cycle.lead_city_id, words.gettext("Your city leads this exchange."))
    return Entry(
        kind=EntryKind.STAGE,
        uid="",
        sequence=0,
        changed_at=cycle.changed_at,
        title="",
        marking=Marking(cycle.marking),
        status=_status(cycle.publication),
        word=words.called_off(cycle.publication),
        is_postponed=cycle.publication is Publication.POSTPONED,
        is_block=redaction.showing.busy_only,
        is_neutral=not has_title,
        description=about_stage(cycle, redaction.showing, words, duty),
        link=f"/cycles/{cycle.id}" if redaction.showing.portal else "",
        city=cycle.lead_city.name if has_title else "",
        theme=cycle.theme.key if has_title else "",
        categories=redaction.categories(
            words.gettext("Thematic exchange"),
            cycle.theme.name,
            redaction.duty(cycle.lead_city_id, words.gettext("Host duty")),
        ),
        cycle_id=cycle.id,
    )


def _stage_entry(common: Entry, cycle: Cycle, stage: Stage, redaction: Redaction) -> Entry:
    """A stage: all day, in the lead city; the one that begins the cycle has its brief."""
    return replace(
        common,
        uid=stage.uid,
        sequence=stage.sequence,
        changed_at=stage.changed_at,
        title=redaction.title(f"{cycle.title}: {redaction.words.gettext(stage.name)}"),
        first_on=stage.starts_on,
        last_on=stage.ends_on,
        description=_with_brief(common.description, cycle, stage, redaction),
    )


def _with_brief(text: str, cycle: Cycle, stage: Stage, redaction: Redaction) -> str:
    is_told = redaction.showing.description and stage.starts_on == cycle.starts_on
    return joined([text, cycle.brief]) if is_told else text


def _deadline_entry(entry: Entry, cycle: Cycle, stage: Stage, redaction: Redaction) -> Entry:
    """The day by which something is due; its UID comes from its stage's ``entry`` and lives as long."""
    due = due_on(stage)
    return replace(
        entry,
        kind=EntryKind.DEADLINE,
        uid=f"due-{stage.uid}",
        title=f"{cycle.title}: {redaction.words.due(stage.key)}",
        first_on=due,
        last_on=due,
        categories=redaction.categories(*entry.categories, redaction.words.gettext("Deadline")),
    )


def _session_entry(common: Entry, cycle: Cycle, sitting: Sitting, redaction: Redaction) -> Entry:
    """A sitting of a meeting: its hours, and every city's clock."""
    starts = redaction.starts(sitting)
    shown, words = redaction.showing, redaction.words
    duty = redaction.duty(cycle.lead_city_id, words.gettext("Your city leads this exchange."))
    join_link = sitting.join_link if shown.link else ""
    return replace(
        common,
        kind=EntryKind.SESSION,
        uid=sitting.uid,
        sequence=sitting.sequence,
        changed_at=sitting.changed_at,
        title=redaction.title(f"{cycle.title}: {_meeting(cycle, sitting, words)}"),
        starts=starts,
        minutes=sitting.minutes,
        description=about_session(cycle, sitting, starts, shown, words=words, duty=duty),
        join_link=join_link,
        join_label=words.gettext("Join") if join_link else "",
        alarm_minutes=redaction.audience.alarm_minutes,
    )


def training_entry(training: TrainingEvent, redaction: Redaction, members: Sequence[City] = ()) -> Entry:
    """A training event: its hours, its kind, and where it is; ``members`` as in entries_of_training."""
    starts = redaction.starts(training)
    shown, words = redaction.showing, redaction.words
    duty = redaction.duty(training.host_city_id, words.gettext("Your city hosts this event."))
    theme = training.theme
    join_link = training.join_link if shown.link else ""
    return Entry(
        kind=EntryKind.TRAINING,
        uid=training.uid,
        sequence=training.sequence,
        changed_at=training.changed_at,
        title=redaction.title(training.title),
        marking=Marking(training.marking),
        status=_training_status(training),
        word=words.called_off(training.publication),
        is_postponed=training.publication is Publication.POSTPONED,
        is_block=shown.busy_only,
        is_neutral=not shown.title,
        starts=starts,
        minutes=training.minutes,
        place=training.place if shown.place else "",
        position=_position(training) if shown.place else None,
        description=about_training(training, members, starts, shown, words=words, duty=duty),
        link=f"/trainings/{training.id}" if shown.portal else "",
        join_link=join_link,
        join_label=words.gettext("Join") if join_link else "",
        city=training.host_city.name if shown.title else "",
        mode=training.mode if shown.description else "",
        theme=theme.key if theme and shown.title else "",
        categories=redaction.categories(
            words.kind(training.kind),
            theme.name if theme else "",
            redaction.duty(training.host_city_id, words.gettext("Host duty")),
        ),
        alarm_minutes=redaction.audience.alarm_minutes,
        training_id=training.id,
    )


def _position(training: TrainingEvent) -> tuple[float, float] | None:
    """Where the host city lies, for what everybody may know and people travel to."""
    city = training.host_city
    is_place = training.marking == Marking.CLEAR and training.mode != TrainingMode.VIRTUAL
    if not is_place or city.latitude is None or city.longitude is None:
        return None
    return city.latitude, city.longitude


def _meeting(cycle: Cycle, sitting: Sitting, words: Words) -> str:
    of_meeting = [other for other in cycle.sittings if other.meeting == sitting.meeting]
    return words.meeting(sitting.meeting, sitting.number, len(of_meeting))


def _status(publication: Publication) -> EntryStatus:
    return EntryStatus.CANCELLED if publication in _CALLED_OFF else EntryStatus.CONFIRMED


def _training_status(training: TrainingEvent) -> EntryStatus:
    if training.publication not in _CALLED_OFF and training.state in _UNCERTAIN:
        return EntryStatus.TENTATIVE
    return _status(training.publication)
