"""Whether an answer comes from the invited person: what it must hold, what speaks against it. Pure."""

from collections.abc import Iterable

from exchange.invitations.itip_reply import Attendee, Reply
from exchange.mail.inbox.parsed_message import Incoming
from exchange.mail.wire.mime_message import same_address
from exchange.models import Invitation
from exchange.tokens import digest


class NotTaken(Exception):
    """The message changes nothing; the text says why."""


def proven(found: Incoming, reply: Reply, invitation: Invitation, tokens: Iterable[str]) -> Attendee:
    """The invited person as the answer names them, when the answer is theirs beyond doubt. Raises NotTaken.

    Two things stand in their letter alone: the UID, and the secret address, whose tokens ``tokens`` are
    (of the message's recipients, and of the ORGANIZER that programs repeat). One of them is the proof,
    and the other may be missing - Exchange leaves ORGANIZER out - but not be another's. Beside it, the
    answer is for the address that was invited and comes from there, or from whoever answers for it.
    The UID of a planning meeting stands in the calendars of all who plan, and is no proof.
    """
    is_secret = invitation.reply_digest in {digest(token) for token in tokens}
    if reply.uid and reply.uid != invitation.uid:
        raise NotTaken("It answers an invitation that is not ours.")
    is_shared = invitation.preparation_step_id is not None
    if not is_secret and (is_shared or reply.organizer or any(tokens) or not reply.uid):
        raise NotTaken("It lacks the secret address of the invitation: it may be forged.")
    attendee = _named(reply, invitation)
    known = [*_addresses_of(invitation), *attendee.addresses, attendee.sent_by]
    if not any(same_address(sender, one) for sender in found.senders for one in filter(None, known)):
        raise NotTaken("It was sent by somebody else than the invited person.")
    return attendee


def _named(reply: Reply, invitation: Invitation) -> Attendee:
    """The line of the invited person; programs may list everybody."""
    own = [
        one
        for one in reply.attendees
        if any(same_address(at, known) for at in one.addresses for known in _addresses_of(invitation))
    ]
    if not own:
        raise NotTaken("It answers for somebody else than the invited person.")
    said = {one.answer for one in own if one.answer}
    if len(said) > 1:
        raise NotTaken("It gives two answers for one person.")
    return next((one for one in own if one.answer), own[0])


def _addresses_of(invitation: Invitation) -> list[str]:
    """The address that was invited, and the one that the person has by now."""
    return [invitation.sent_to, invitation.person.email]
