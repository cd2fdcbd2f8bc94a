"""The calendar part of a letter: what the marking lets a letter show of a meeting, as an invitation.

It stores nothing; actions.py keeps what was said.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from email.utils import parseaddr

from exchange.feeds.content.board_meetings import entry_of_meeting
from exchange.feeds.content.entries import Audience, Entry, EntryKind, EntryStatus
from exchange.feeds.content.preparation_entries import entry_of_planning_meeting
from exchange.feeds.content.redaction import entries_of_cycle, entries_of_training
from exchange.feeds.icalendar.itip_invitation import Guest, Method, invitation_bytes
from exchange.feeds.icalendar.vevent import Publisher
from exchange.invitations.invitation_links import reply_address, takes_replies
from exchange.invitations.meetings import MeetingOf
from exchange.models import Answer, Invitation, Person
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime, existing
from exchange.settings import Settings

_PARTSTAT = {
    Answer.NONE: "NEEDS-ACTION",
    Answer.ACCEPTED: "ACCEPTED",
    Answer.TENTATIVE: "TENTATIVE",
    Answer.DECLINED: "DECLINED",
}


def may_be_sent(meeting: MeetingOf) -> bool:
    """Whether the marking lets a calendar part go into a letter: never for TLP:RED."""
    shown = carried(meeting.subject.marking, Ring.LETTER)
    return bool(shown and shown.title)


def what_it_says(meeting: MeetingOf) -> dict[str, object]:
    """What a calendar shows that people act on; a change of it is a new SEQUENCE."""
    row, held = meeting.row, meeting.held
    shown = carried(meeting.subject.marking, Ring.LETTER)
    return {
        "on": row.on_local.isoformat(),
        "at": f"{row.starts_local:%H:%M}",
        "time_zone": row.time_zone,
        "minutes": row.minutes,
        "place": held.place if held and shown and shown.place else "",
    }


def calendar_part(
    meeting: MeetingOf, invitation: Invitation, person: Person, *, method: Method, settings: Settings
) -> str:
    """The iCalendar object for one person; UID, SEQUENCE and DTSTAMP are the invitation's own."""
    entry = replace(
        _entry(meeting, person, settings),
        uid=invitation.uid,
        sequence=invitation.sequence,
        changed_at=invitation.changed_at,
    )
    if method is Method.CANCEL:
        entry = replace(entry, status=EntryStatus.CANCELLED)
    return invitation_bytes(entry, *_parties(invitation, person, settings), method).decode()


def taken_out(invitation: Invitation, person: Person, *, settings: Settings) -> str:
    """A CANCEL of what the calendar was last told, for somebody who may not know what it is now.

    It says when that was to be and nothing else: no title, no place, no marking.
    """
    says = invitation.says or {}
    wall = WallTime(
        date.fromisoformat(str(says["on"])), time.fromisoformat(str(says["at"])), str(says["time_zone"])
    )
    entry = Entry(
        kind=EntryKind.SESSION,
        uid=invitation.uid,
        sequence=invitation.sequence,
        changed_at=invitation.changed_at,
        title="Private",
        marking=Marking.AMBER,
        status=EntryStatus.CANCELLED,
        is_block=True,
        starts=existing(wall),
        minutes=int(str(says["minutes"])),
    )
    return invitation_bytes(entry, *_parties(invitation, person, settings), Method.CANCEL).decode()


def _parties(invitation: Invitation, person: Person, settings: Settings) -> tuple[Publisher, Guest]:
    """Who invites, and the guest."""
    name, _ = parseaddr(settings.mail_from)
    organizer = Publisher(
        settings.base_url.rstrip("/"),
        name or settings.network_name,
        reply_address(settings, invitation),
    )
    guest = Guest(
        name=person.name,
        address=invitation.sent_to,
        partstat=_PARTSTAT[Answer(invitation.answer)],
        is_asked=takes_replies(settings),
    )
    return organizer, guest


def _entry(meeting: MeetingOf, person: Person, settings: Settings) -> Entry:
    """The entry as the ring of letters shows it; whoever is invited takes part."""
    network = settings.network_short_name
    shown = carried(meeting.subject.marking, Ring.LETTER)
    if shown is None:
        raise ValueError("a letter may not carry it")
    if meeting.planning:
        own = Audience(Ring.LETTER, language=person.language)
        return entry_of_planning_meeting(meeting.planning, shown, own, network)
    if meeting.board:
        return entry_of_meeting(meeting.board, shown, Audience(Ring.LETTER), network)
    if meeting.training:
        host = Audience(Ring.LETTER, city_id=meeting.training.host_city_id)
        return _only(entries_of_training(meeting.training, host, network), meeting)
    if meeting.cycle is None:
        raise ValueError("a meeting is of a cycle or an event")
    lead = Audience(Ring.LETTER, city_id=meeting.cycle.lead_city_id)
    return _only(entries_of_cycle(meeting.cycle, lead, network), meeting)


def _only(entries: Sequence[Entry], meeting: MeetingOf) -> Entry:
    return next(entry for entry in entries if entry.uid == meeting.row.uid)
