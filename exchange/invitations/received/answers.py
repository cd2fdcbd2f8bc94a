"""Take the answer that a message brings, or say why not. Whatever came to a secret address is shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.access.standings import standing_of
from exchange.duties.configured import profiles_of
from exchange.errors import ExchangeError
from exchange.invitations import actions, queries
from exchange.invitations.invitation_links import tokens_in
from exchange.invitations.itip_reply import Attendee, Reply, answer_in_winmail, calendars_in, replies_in
from exchange.invitations.received.evidence import NotTaken, proven
from exchange.invitations.received.outcomes import Outcome
from exchange.mail.inbox.parsed_message import Incoming, Unreadable
from exchange.models import Answer, Channel, Invitation, MailKind
from exchange.rules.access.policy import Right, may
from exchange.rules.programme.preparation_profiles import Profiles
from exchange.settings import Settings

LATE = timedelta(days=14)  # what calls itself older was written by a clock that nobody set
CLOCKS_DIFFER = timedelta(minutes=15)  # within it the order of arrival counts


def take_answer(session: Session, found: Incoming, settings: Settings, now: datetime) -> Outcome | None:
    """Take an answer, or say why not; None when the message is none of ours. Raises Unreadable."""
    addressed = queries.invitation_by_tokens(session, tokens_in(settings, found.recipients))
    calendars = list(calendars_in(found))
    if not calendars:
        return _without_calendar(found, addressed) if addressed else None
    try:
        replies = replies_in(calendars)
    except Unreadable as error:
        return _shown(addressed, str(error)) if addressed else _unreadable(error)
    reply, invitation = _of_ours(session, replies, addressed, found.recipients, settings)
    if reply is None and addressed is not None:
        return _shown(addressed, "It came with a calendar that is no answer: read it in the mailbox.")
    if reply is None or not (reply.method or invitation):
        return None  # somebody else's invitation, which people may send to whom they like
    return _taken(session, found, (reply, invitation), settings, now)


def _unreadable(error: Unreadable) -> Outcome:
    return Outcome(MailKind.UNREADABLE, False, str(error))


def _without_calendar(found: Incoming, invitation: Invitation) -> Outcome:
    said = answer_in_winmail(found)
    if said:
        return _shown(invitation, "The answer came in Outlook's own wrapping (winmail.dat).", said)
    return _shown(invitation, "It came without a calendar: read it in the mailbox.")


def _shown(
    invitation: Invitation | None, words: str, said: Answer | None = None, comment: str = ""
) -> Outcome:
    """Not taken; a coordinator may, where it is known to whose invitation it belongs."""
    if invitation is None:
        return Outcome(MailKind.REPLY, False, words, answer=said, comment=comment)
    ids = (invitation.person_id, invitation.id)
    return Outcome(MailKind.REPLY, False, words, *ids, is_offered=True, answer=said, comment=comment)


def _of_ours(
    session: Session,
    replies: Sequence[Reply],
    addressed: Invitation | None,
    recipients: Sequence[str],
    settings: Settings,
) -> tuple[Reply | None, Invitation | None]:
    """The answer to an invitation of ours, and which; else the first one, of whoever was addressed."""
    for reply in replies:
        tokens = tokens_in(settings, [*recipients, reply.organizer])
        invitation = queries.invitation_by_uid(session, reply.uid, tokens)
        if invitation is not None:
            return reply, invitation
    if not replies:
        return None, addressed
    first = replies[0]
    return first, addressed or queries.invitation_by_tokens(session, tokens_in(settings, [first.organizer]))


def _taken(
    session: Session,
    found: Incoming,
    answered: tuple[Reply, Invitation | None],
    settings: Settings,
    now: datetime,
) -> Outcome:
    reply, invitation = answered
    tokens = tokens_in(settings, [*found.recipients, reply.organizer])
    try:
        if invitation is None:
            raise NotTaken("It answers an invitation that is not ours.")
        attendee = proven(found, reply, invitation, tokens)
        said = _take(session, (reply, attendee), invitation, profiles_of(settings), now)
    except (NotTaken, ExchangeError) as error:
        return _shown(invitation, str(error), _said_at_all(reply), reply.comment)
    words = f"The answer was taken: {said.answer.value}."
    ids = (invitation.person_id, invitation.id)
    return Outcome(MailKind.REPLY, True, words, *ids, answer=said.answer, comment=said.comment)


def _take(
    session: Session,
    said: tuple[Reply, Attendee],
    invitation: Invitation,
    profiles: Profiles,
    now: datetime,
) -> actions.Said:
    reply, attendee = said
    if reply.is_counter or attendee.answer is None:
        raise NotTaken("It neither accepts nor declines: another time was proposed, or somebody else named.")
    if not reply.method:
        raise NotTaken("Its calendar does not say that it is an answer.")
    meeting = queries.meeting_of(session, invitation, profiles, now)
    if meeting is None:
        raise NotTaken("The meeting does not take place any more.")
    if _is_stale(reply, invitation, meeting.starts_at):
        raise NotTaken("It answers an older version: the meeting has changed since.")
    at = _said_at(reply, invitation, now)
    if not may(standing_of(session, invitation.person, now), Right.TAKE_PART, meeting.thing):
        raise NotTaken("Whoever sent it does not take part any more.")
    comment = reply.comment or attendee.comment
    taken = actions.Said(attendee.answer, Channel.CALENDAR, at, comment)
    actions.answer(session, invitation, meeting, taken, now=now)
    return taken


def _is_stale(reply: Reply, invitation: Invitation, starts_at: datetime) -> bool:
    """Whether it answers another time than the one that stands; a change of place makes nothing stale."""
    if reply.sequence is None:
        return invitation.time_sequence > 0 and reply.starts_at != starts_at
    return reply.sequence < invitation.time_sequence


def _said_at(reply: Reply, invitation: Invitation, now: datetime) -> datetime:
    """When it was said. Raises NotTaken when a later answer stands.

    Clocks differ by minutes: within them the answer that arrived last is the last one.
    """
    stamp = reply.stamp
    at = stamp if stamp and now - LATE <= stamp <= now else now
    if invitation.answered_at is None:
        return at
    if at + CLOCKS_DIFFER < invitation.answered_at:
        raise NotTaken("It is older than the answer that stands.")
    return max(at, invitation.answered_at)


def _said_at_all(reply: Reply) -> Answer | None:
    """What the answer says, whoever it is for; None where that is not one thing."""
    said = {one.answer for one in reply.attendees}
    return next(iter(said)) if len(said) == 1 and not reply.is_counter else None
