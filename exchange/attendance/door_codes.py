"""The code on the wall of a meeting: a short address, and the same as a picture for a camera.

Derived from the secret key, so that nothing is stored and opening it changes nothing. It proves no person:
who they are, a sign-in or their own link says.
"""

import base64
import re

import segno
from sqlmodel import Session

from exchange.attendance.meetings import Meeting
from exchange.attendance.queries import NO_MEETING, meeting_of_sitting, meeting_of_training
from exchange.errors import NotFound
from exchange.settings import Settings
from exchange.tokens import derived, is_same

_BYTES = 5  # 40 bits, eight letters and digits: short enough to type, and guesses are counted
_CODE = re.compile(r"([ts])([1-9][0-9]{0,8})-([a-z2-7]{8})")
_MEETINGS = {"t": meeting_of_training, "s": meeting_of_sitting}


def door_code(meeting: Meeting, settings: Settings) -> str:
    """The last part of the address, like "t12-k7qm2xpa"."""
    training = meeting.of.training
    place = f"t{training.id}" if training else f"s{meeting.of.row.id}"
    return f"{place}-{_secret(place, meeting, settings)}"


def door_address(meeting: Meeting, settings: Settings) -> str:
    """Where the picture leads."""
    return f"{settings.base_url.rstrip('/')}/here/{door_code(meeting, settings)}"


def door_picture(meeting: Meeting, settings: Settings) -> str:
    """The address as a QR code: SVG without style, fit for the page's policy and for a printer."""
    made = segno.make(door_address(meeting, settings), error="m", micro=False)
    return made.svg_inline(scale=8, border=4, dark="#000", light="#fff", omitsize=True)


def meeting_behind(session: Session, typed: str, settings: Settings) -> Meeting:
    """The meeting whose code was shown, however it was typed. Raises NotFound for a code of none."""
    found = _CODE.fullmatch(typed.strip().lower())
    if found is None:
        raise NotFound(NO_MEETING)
    kind, number, _secret_part = found.groups()
    meeting = _MEETINGS[kind](session, int(number))
    if not is_same(door_code(meeting, settings), found[0]):
        raise NotFound(NO_MEETING)
    return meeting


def _secret(place: str, meeting: Meeting, settings: Settings) -> str:
    secret = derived(settings.secret_key, f"door:{place}:{meeting.of.row.uid}")
    return base64.b32encode(secret[:_BYTES]).decode().lower()
