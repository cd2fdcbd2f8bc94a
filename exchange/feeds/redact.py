"""Cut cycles and training events down to the entries an audience may see.

rules.rings decides what may be shown; this file is the only one that applies it to feeds. It loads
nothing: cities, groups, stages, sittings and memberships come loaded.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from exchange.feeds.entries import Audience, Entry, EntryKind, EntryStatus, existing, on_clock
from exchange.models import (
    City,
    Cycle,
    MembershipStatus,
    Product,
    ProductState,
    Publication,
    Sitting,
    Stage,
    TrainingEvent,
    TrainingState,
)
from exchange.rules.markings import Marking
from exchange.rules.rings import Showing, showing
from exchange.rules.timezones import WallTime, instant, wall_time

MEMBERS = (MembershipStatus.LEAD, MembershipStatus.MEMBER)
_MEETINGS = {"session": "live session"}  # others read as their key: "scoping call"
_UNCERTAIN = (TrainingState.IDEA, TrainingState.PROPOSED)
_WORDS = {Publication.CANCELLED: "Cancelled", Publication.POSTPONED: "Postponed"}


@dataclass(frozen=True)
class _Cut:
    """What an entry may hold, and what stands in its place where it may not."""

    showing: Showing
    audience: Audience
    network: str

    def title(self, title: str) -> str:
        if self.showing.busy_only:
            return "Private"
        return title if self.showing.title else f"{self.network} event"

    def starts(self, of: Sitting | TrainingEvent) -> WallTime:
        """With the title goes the zone: it would name the place."""
        wall = existing(WallTime(of.on_local, of.starts_local, of.time_zone))
        return wall if self.showing.title else on_clock(wall, self.audience.time_zone)


def entries_of_cycle(cycle: Cycle, audience: Audience, network: str) -> list[Entry]:
    """The cycle's stages and sittings as the audience may see them; none when it may not know of it.

    ``network`` is the short name that stands in a neutral title ("CTPN event").
    """
    shown = showing_of_cycle(cycle, audience)
    if shown is None:
        return []
    cut = _Cut(shown, audience, network)
    stages = [_stage_entry(cycle, stage, cut) for stage in cycle.stages]
    return stages + [_session_entry(cycle, sitting, cut) for sitting in cycle.sittings]


def entries_of_training(training: TrainingEvent, audience: Audience, network: str) -> list[Entry]:
    """The event as one entry, or nothing when the audience may not know of it."""
    shown = showing_of_training(training, audience)
    return [] if shown is None else [_training_entry(training, _Cut(shown, audience, network))]


def with_product(
    entries: list[Entry], cycle: Cycle, product: Product | None, audience: Audience
) -> list[Entry]:
    """The cycle's entries, that of its publication leading to the product where both may be shown.

    The product has a marking of its own. Beside a neutral title it would tell what the exchange is
    about, and leads nowhere then.
    """
    if product is None or product.state is not ProductState.PUBLISHED:
        return entries
    of_cycle = showing_of_cycle(cycle, audience)
    shown = showing(product.published_marking, audience.ring, is_invited=of_cycle is not None)
    if of_cycle is None or not of_cycle.title or shown is None or not shown.portal:
        return entries
    uids = {stage.uid for stage in cycle.stages if stage.key == "publish"}
    link = f"/cycles/{cycle.id}/product"
    return [replace(entry, link=link) if entry.uid in uids else entry for entry in entries]


def showing_of_cycle(cycle: Cycle, audience: Audience) -> Showing | None:
    """How much of a cycle an audience may see; whether it is published is not asked here."""
    cities = {cycle.lead_city_id, *(city.id for city in cycle.cities)}
    groups = {group.id for group in cycle.groups}
    takes_part = audience.city_id in cities or audience.group_id in groups
    return _showing(cycle.marking, audience, takes_part=takes_part, is_invited=takes_part)


def showing_of_training(training: TrainingEvent, audience: Audience) -> Showing | None:
    """How much of an event an audience may see.

    An event that names no city and no group is for every city that is lead or member on its day;
    need-to-know markings still reach only its host then, because nobody else is named.
    """
    cities = {training.host_city_id, *(city.id for city in training.cities)}
    groups = {group.id for group in training.groups}
    is_named = audience.city_id in cities or audience.group_id in groups
    takes_part = is_named or (is_for_all(training) and audience.city_id is not None)
    return _showing(training.marking, audience, takes_part=takes_part, is_invited=is_named)


def is_for_all(training: TrainingEvent) -> bool:
    """Whether nobody is named on the event, so that it is for all member cities."""
    return not training.cities and not training.groups


def is_member(city: City, on: date) -> bool:
    """Whether the city is lead or member on a date; needs its memberships loaded."""
    return city.status_on(on) in MEMBERS


def _showing(marking: str, audience: Audience, *, takes_part: bool, is_invited: bool) -> Showing | None:
    """What is not the audience's own business it sees only when it is for everybody."""
    if not takes_part and marking != Marking.CLEAR:
        return None
    return showing(marking, audience.ring, is_invited=is_invited)


def _stage_entry(cycle: Cycle, stage: Stage, cut: _Cut) -> Entry:
    entry = Entry(
        kind=EntryKind.STAGE,
        uid=stage.uid,
        sequence=stage.sequence,
        changed_at=stage.changed_at,
        title=cut.title(f"{cycle.title}: {stage.name}"),
        marking=Marking(cycle.marking),
        status=_status(cycle.publication),
        word=_WORDS.get(cycle.publication, ""),
        first_on=stage.starts_on,
        last_on=stage.ends_on,
        description=_about_cycle(cycle) if cut.showing.description else "",
    )
    return _of_cycle(entry, cycle, cut)


def _session_entry(cycle: Cycle, sitting: Sitting, cut: _Cut) -> Entry:
    starts = cut.starts(sitting)
    paragraphs = [
        _local_times(starts, [cycle.lead_city, *cycle.cities]) if cut.showing.title else "",
        f"Join: {sitting.join_link}" if cut.showing.link and sitting.join_link else "",
        _about_cycle(cycle) if cut.showing.description else "",
    ]
    entry = Entry(
        kind=EntryKind.SESSION,
        uid=sitting.uid,
        sequence=sitting.sequence,
        changed_at=sitting.changed_at,
        title=cut.title(_session_title(cycle, sitting)),
        marking=Marking(cycle.marking),
        status=_status(cycle.publication),
        word=_WORDS.get(cycle.publication, ""),
        starts=starts,
        minutes=sitting.minutes,
        description=_joined(paragraphs),
    )
    return _of_cycle(entry, cycle, cut)


def _training_entry(training: TrainingEvent, cut: _Cut) -> Entry:
    starts = cut.starts(training)
    shown = cut.showing
    paragraphs = [
        _local_times(starts, [training.host_city, *training.cities]) if shown.title else "",
        f"Join: {training.join_link}" if shown.link and training.join_link else "",
        training.description if shown.description else "",
        _house_rule(training.is_chatham_house) if shown.description else "",
    ]
    return Entry(
        kind=EntryKind.TRAINING,
        uid=training.uid,
        sequence=training.sequence,
        changed_at=training.changed_at,
        title=cut.title(training.title),
        marking=Marking(training.marking),
        status=_training_status(training),
        word=_WORDS.get(training.publication, ""),
        starts=starts,
        minutes=training.minutes,
        place=training.place if shown.place else "",
        description=_joined(paragraphs),
        link=f"/trainings/{training.id}" if shown.portal else "",
        city=training.host_city.name if shown.title else "",
        training_id=training.id,
    )


def _of_cycle(entry: Entry, cycle: Cycle, cut: _Cut) -> Entry:
    return replace(
        entry,
        link=f"/cycles/{cycle.id}" if cut.showing.portal else "",
        city=cycle.lead_city.name if cut.showing.title else "",
        cycle_id=cycle.id,
    )


def _session_title(cycle: Cycle, sitting: Sitting) -> str:
    of_meeting = [other for other in cycle.sittings if other.meeting == sitting.meeting]
    name = _MEETINGS.get(sitting.meeting, sitting.meeting.replace("_", " "))
    number = f", sitting {sitting.number} of {len(of_meeting)}" if len(of_meeting) > 1 else ""
    return f"{cycle.title}: {name}{number}"


def _status(publication: Publication) -> EntryStatus:
    return EntryStatus.CANCELLED if publication in _WORDS else EntryStatus.CONFIRMED


def _training_status(training: TrainingEvent) -> EntryStatus:
    if training.publication not in _WORDS and training.state in _UNCERTAIN:
        return EntryStatus.TENTATIVE
    return _status(training.publication)


def _about_cycle(cycle: Cycle) -> str:
    cities = ", ".join(city.name for city in cycle.cities)
    return _joined(
        [
            f"Thematic exchange: {cycle.theme.name}",
            f"Lead city: {cycle.lead_city.name}",
            f"Contributing: {cities}" if cities else "",
            _house_rule(cycle.is_chatham_house),
        ],
        "\n",
    )


def _house_rule(applies: bool) -> str:
    return "The Chatham House Rule applies." if applies else ""


def _local_times(starts: WallTime, cities: Iterable[City]) -> str:
    """What the clock shows in each city, one a line, with the date where it is another one."""
    at = instant(starts)
    lines = []
    for city in {city.id: city for city in cities}.values():
        local = wall_time(at, city.time_zone)
        date_there = "" if local.on == starts.on else f" on {local.on.isoformat()}"
        lines.append(f"{local.at:%H:%M} {city.name}{date_there}")
    return "\n".join(lines)


def _joined(paragraphs: Iterable[str], separator: str = "\n\n") -> str:
    return separator.join(paragraph for paragraph in paragraphs if paragraph)
