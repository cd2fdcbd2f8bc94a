"""What the preparation of an event owes, as entries of the calendars of those who plan and host it.

rules.access decides who may read a preparation, and what a calendar carries of it is its event's to say.
"""

from collections.abc import Iterator
from dataclasses import replace

from exchange.duties.planning_meeting import PlanningMeeting, sequence_of, uid_of
from exchange.duties.prepared import Line, Prepared
from exchange.feeds.content.descriptions import joined, local_times
from exchange.feeds.content.entries import Audience, Entry, EntryKind, EntryStatus
from exchange.feeds.content.entry_rendering import Redaction
from exchange.models import Preparation, TrainingEvent
from exchange.rules.access.policy import Right, may
from exchange.rules.access.rings import Ring, Showing, carried
from exchange.rules.duties.duty import Role
from exchange.rules.markings.tlp_labels import Marking

_READERS = frozenset({Ring.CITY, Ring.PERSON})  # a group plans by its people


def showing_of_preparation(prepared: Prepared, audience: Audience) -> Showing | None:
    """How much of an event's preparation an audience may see; nothing where the title is kept back."""
    if audience.ring not in _READERS:
        return None
    thing = prepared.thing
    published = replace(thing, container=thing.container and replace(thing.container, is_published=True))
    if not may(audience.standing, Right.READ, published):
        return None
    shown = carried(thing.marking, audience.ring)
    return shown if shown and shown.title else None


def entries_of_preparation(prepared: Prepared, audience: Audience, network: str) -> list[Entry]:
    """The milestones for who plans the event: all of them; for others of the host city, what it owes itself.

    A UID is its event's and its milestone's for good, and SEQUENCE rises with either's changes. What is
    waived, or whose event is called off, is cancelled; what the profile has no more is left out.
    """
    shown = showing_of_preparation(prepared, audience)
    if shown is None or prepared.row is None:
        return []
    redaction = Redaction(shown, audience, network)
    common = _common(prepared, prepared.row, redaction)
    return [_entry(common, line, prepared, redaction) for line in _lines(prepared, audience)]


def entry_of_planning_meeting(
    meeting: PlanningMeeting, shown: Showing, audience: Audience, network: str
) -> Entry:
    """A planning meeting as its invitation shows it, to whoever is known to be shown that much.

    It has the UID of the same meeting in feeds, and the hour that ``meeting`` says.
    """
    prepared = meeting.prepared
    if prepared.row is None:
        raise ValueError("a meeting with an hour has a preparation")
    redaction = Redaction(shown, audience, network)
    made = _entry(_common(prepared, prepared.row, redaction), meeting.line, prepared, redaction)
    return replace(
        made,
        kind=EntryKind.SESSION,
        status=EntryStatus.CONFIRMED,
        word="",
        first_on=None,
        last_on=None,
        starts=meeting.starts,
        minutes=meeting.minutes,
        place=meeting.place if shown.place else "",
    )


def _lines(prepared: Prepared, audience: Audience) -> Iterator[Line]:
    plans = audience.person_id in prepared.planners
    return (line for line in prepared.lines if plans or line.duty.owner.role is Role.CITY_LEAD)


def _common(prepared: Prepared, row: Preparation, redaction: Redaction) -> Entry:
    training, shown, words = prepared.training, redaction.showing, redaction.words
    return Entry(
        kind=EntryKind.DEADLINE,
        uid="",
        sequence=sequence_of(prepared),
        changed_at=max(training.changed_at, row.changed_at or training.changed_at),
        title="",
        marking=Marking(training.marking),
        status=EntryStatus.CONFIRMED,
        link=f"/trainings/{training.id}/preparation" if shown.portal else "",
        city=training.host_city.name,
        theme=training.theme.key if training.theme else "",
        categories=redaction.categories(words.gettext("Preparation"), words.gettext("Deadline")),
        training_id=training.id,
    )


def _entry(common: Entry, line: Line, prepared: Prepared, redaction: Redaction) -> Entry:
    training, words = prepared.training, redaction.words
    is_void = bool(line.duty.void_reason)
    made = replace(
        common,
        uid=uid_of(training, line),
        title=f"{training.title}: {words.gettext(line.milestone.name)}",
        status=EntryStatus.CANCELLED if is_void else EntryStatus.CONFIRMED,
        word=_word(line, training, redaction),
        first_on=line.duty.due_on,
        last_on=line.duty.due_on,
    )
    return _with_hour(made, line, prepared, redaction)


def _word(line: Line, training: TrainingEvent, redaction: Redaction) -> str:
    """What became of it; "" while it is owed."""
    if line.duty.done_at is not None:
        return redaction.words.gettext("Done")
    called_off = redaction.words.called_off(training.publication)
    return (called_off or redaction.words.gettext("Not needed")) if line.duty.void_reason else ""


def _with_hour(entry: Entry, line: Line, prepared: Prepared, redaction: Redaction) -> Entry:
    """A planning meeting that has an hour: timed, on the clocks of all who plan, with how to join."""
    starts = line.starts
    if starts is None or line.step is None:
        return entry
    shown, words = redaction.showing, redaction.words
    join_link = line.step.join_link if shown.link else ""
    cities = [prepared.training.host_city, *(one.city for one in prepared.members)]
    return replace(
        entry,
        kind=EntryKind.SESSION,
        first_on=None,
        last_on=None,
        starts=starts,
        minutes=line.step.minutes,
        place=line.step.place if shown.place else "",
        description=joined(
            [
                local_times(starts, cities, words) if shown.other_cities else "",
                words.gettext("Join: %(link)s", link=join_link) if join_link else "",
            ]
        ),
        join_link=join_link,
        join_label=words.gettext("Join") if join_link else "",
        alarm_minutes=redaction.audience.alarm_minutes,
        categories=redaction.categories(words.gettext("Preparation")),
    )
