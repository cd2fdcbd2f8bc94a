"""Cut cycles and training events down to the entries an audience may see.

rules.rings decides what may be shown; this file is the only one that applies it to feeds. It loads
nothing: cities, groups, themes, stages, sittings and memberships come loaded.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from exchange.feeds.descriptions import about_session, about_stage, about_training
from exchange.feeds.entries import ALL_DAY, Audience, Entry, EntryKind, EntryStatus, existing, on_clock
from exchange.feeds.words import Words, words_of
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
    TrainingMode,
    TrainingState,
)
from exchange.rules.cycles import due_on
from exchange.rules.markings import Marking
from exchange.rules.rings import Ring, Showing, showing
from exchange.rules.timezones import WallTime

MEMBERS = (MembershipStatus.LEAD, MembershipStatus.MEMBER)
_UNCERTAIN = (TrainingState.IDEA, TrainingState.PROPOSED)
_CALLED_OFF = (Publication.CANCELLED, Publication.POSTPONED)
_DUE_FROM_CITIES = frozenset({"gather_closes", "review"})  # keys of stages; groups owe the draft
_ONLY_OWN = frozenset({Ring.PERSON, Ring.BUSY})  # what is merely open to all is nobody's time


@dataclass(frozen=True)
class _Cut:
    """What an entry may hold, and what stands in its place where it may not."""

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
        """The text when the reader's own city leads or hosts, and that may be said."""
        return text if self.showing.title and self.audience.city_id == city_id else ""

    def categories(self, *names: str) -> tuple[str, ...]:
        return tuple(name for name in names if name) if self.showing.title else ()


def entries_of_cycle(cycle: Cycle, audience: Audience, network: str) -> list[Entry]:
    """The stages, deadlines and sittings as the audience may see them; none when it may not know of them.

    ``network`` is the short name that stands in a neutral title ("CTPN event").
    """
    shown = showing_of_cycle(cycle, audience)
    if shown is None:
        return []
    cut = _Cut(shown, audience, network)
    entries = [_stage_entry(cycle, stage, cut) for stage in cycle.stages]
    entries += [_deadline_entry(cycle, stage, cut) for stage in cycle.stages if _owes(cycle, stage, cut)]
    entries += [_session_entry(cycle, sitting, cut) for sitting in cycle.sittings]
    return _blocks(entries) if cut.is_busy_feed else entries


def entries_of_training(training: TrainingEvent, audience: Audience, network: str) -> list[Entry]:
    """The event as one entry, or nothing when the audience may not know of it."""
    shown = showing_of_training(training, audience)
    if shown is None:
        return []
    cut = _Cut(shown, audience, network)
    entries = [_training_entry(training, cut)]
    return _blocks(entries) if cut.is_busy_feed else entries


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
    takes_part = audience.city_id in cities or not groups.isdisjoint(audience.groups)
    return _showing(cycle.marking, audience, takes_part=takes_part, is_invited=takes_part)


def showing_of_training(training: TrainingEvent, audience: Audience) -> Showing | None:
    """How much of an event an audience may see.

    An event that names no city and no group is for every city that is lead or member on its day;
    need-to-know markings still reach only its host then, because nobody else is named.
    """
    cities = {training.host_city_id, *(city.id for city in training.cities)}
    groups = {group.id for group in training.groups}
    is_named = audience.city_id in cities or not groups.isdisjoint(audience.groups)
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
    is_open = marking == Marking.CLEAR and audience.ring not in _ONLY_OWN
    if not takes_part and not is_open:
        return None
    return showing(marking, audience.ring, is_invited=is_invited)


def _owes(cycle: Cycle, stage: Stage, cut: _Cut) -> bool:
    """Whether the audience has something to hand in at the stage's end, and may be told so."""
    if not cut.showing.title or not cut.words.due(stage.key):
        return False
    if stage.key in _DUE_FROM_CITIES:
        return cut.audience.city_id in {cycle.lead_city_id, *(city.id for city in cycle.cities)}
    return not cut.audience.groups.isdisjoint({group.id for group in cycle.groups})


def _blocks(entries: Iterable[Entry]) -> list[Entry]:
    """Time that is taken: what is timed and takes place, under a UID that leads to no other feed's entry."""
    return [
        replace(entry, uid=f"busy-{sha256(entry.uid.encode()).hexdigest()[:32]}@exchange")
        for entry in entries
        if entry.kind not in ALL_DAY and entry.status is not EntryStatus.CANCELLED
    ]


def _stage_entry(cycle: Cycle, stage: Stage, cut: _Cut) -> Entry:
    duty = cut.duty(cycle.lead_city_id, cut.words.gettext("Your city leads this exchange."))
    entry = Entry(
        kind=EntryKind.STAGE,
        uid=stage.uid,
        sequence=stage.sequence,
        changed_at=stage.changed_at,
        title=cut.title(f"{cycle.title}: {cut.words.gettext(stage.name)}"),
        marking=Marking(cycle.marking),
        status=_status(cycle.publication),
        first_on=stage.starts_on,
        last_on=stage.ends_on,
        description=about_stage(cycle, cut.showing, cut.words, duty),
    )
    return _of_cycle(entry, cycle, cut)


def _deadline_entry(cycle: Cycle, stage: Stage, cut: _Cut) -> Entry:
    """The day by which something is due; its UID comes from its stage's and lives as long."""
    entry = _stage_entry(cycle, stage, cut)
    due = due_on(stage)
    return replace(
        entry,
        kind=EntryKind.DEADLINE,
        uid=f"due-{stage.uid}",
        title=f"{cycle.title}: {cut.words.due(stage.key)}",
        first_on=due,
        last_on=due,
        categories=cut.categories(*entry.categories, cut.words.gettext("Deadline")),
    )


def _session_entry(cycle: Cycle, sitting: Sitting, cut: _Cut) -> Entry:
    starts = cut.starts(sitting)
    shown, words = cut.showing, cut.words
    duty = cut.duty(cycle.lead_city_id, words.gettext("Your city leads this exchange."))
    entry = Entry(
        kind=EntryKind.SESSION,
        uid=sitting.uid,
        sequence=sitting.sequence,
        changed_at=sitting.changed_at,
        title=cut.title(f"{cycle.title}: {_meeting(cycle, sitting, words)}"),
        marking=Marking(cycle.marking),
        status=_status(cycle.publication),
        starts=starts,
        minutes=sitting.minutes,
        description=about_session(cycle, sitting, starts, shown, words=words, duty=duty),
        join_link=sitting.join_link if shown.link else "",
        alarm_minutes=cut.audience.alarm_minutes,
    )
    return _of_cycle(entry, cycle, cut)


def _of_cycle(entry: Entry, cycle: Cycle, cut: _Cut) -> Entry:
    words, has_title = cut.words, cut.showing.title
    return _said(
        replace(
            entry,
            word=words.called_off(cycle.publication),
            is_postponed=cycle.publication is Publication.POSTPONED,
            link=f"/cycles/{cycle.id}" if cut.showing.portal else "",
            city=cycle.lead_city.name if has_title else "",
            theme=cycle.theme.key if has_title else "",
            categories=cut.categories(
                words.gettext("Thematic exchange"),
                cycle.theme.name,
                cut.duty(cycle.lead_city_id, words.gettext("Host duty")),
            ),
            cycle_id=cycle.id,
        ),
        cut,
    )


def _training_entry(training: TrainingEvent, cut: _Cut) -> Entry:
    starts = cut.starts(training)
    shown, words = cut.showing, cut.words
    duty = cut.duty(training.host_city_id, words.gettext("Your city hosts this event."))
    theme = training.theme
    entry = Entry(
        kind=EntryKind.TRAINING,
        uid=training.uid,
        sequence=training.sequence,
        changed_at=training.changed_at,
        title=cut.title(training.title),
        marking=Marking(training.marking),
        status=_training_status(training),
        word=words.called_off(training.publication),
        is_postponed=training.publication is Publication.POSTPONED,
        starts=starts,
        minutes=training.minutes,
        place=training.place if shown.place else "",
        position=_position(training) if shown.place else None,
        description=about_training(training, starts, shown, words=words, duty=duty),
        link=f"/trainings/{training.id}" if shown.portal else "",
        join_link=training.join_link if shown.link else "",
        city=training.host_city.name if shown.title else "",
        theme=theme.key if theme and shown.title else "",
        categories=cut.categories(
            words.kind(training.kind),
            theme.name if theme else "",
            cut.duty(training.host_city_id, words.gettext("Host duty")),
        ),
        alarm_minutes=cut.audience.alarm_minutes,
        training_id=training.id,
    )
    return _said(entry, cut)


def _said(entry: Entry, cut: _Cut) -> Entry:
    """The entry with what it says of its own redaction, and a word for its link."""
    return replace(
        entry,
        is_block=cut.showing.busy_only,
        is_neutral=not cut.showing.title,
        join_label=cut.words.gettext("Join") if entry.join_link else "",
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
