"""Courses that went wrong, each as short as it comes, by what happened in them.

Found by the property of test_courses.py on the house of November 2026.
"""

from tests.flows.course_steps import (
    DROPPED_AFTER,
    GREYLISTED,
    KILLED_AFTER,
    KILLED_BEFORE,
    READERS,
    Action,
    Course,
    Fault,
    Walk,
)

ASA, TOM, MARIA, _AROHA, _PRIYA = READERS
TUESDAY = "Tuesday 10:00"  # Europe is at work; America and New Zealand are asleep


def _cycle(*steps: Action | Fault | Walk, hour: str = "Friday 22:00") -> Course:
    return Course(steps, hour=hour, abouts=("cycle",))


def _event(*steps: Action | Fault | Walk, hour: str = TUESDAY, drafts: tuple[str, ...] = ()) -> Course:
    return Course(steps, hour=hour, abouts=("event",), drafts=drafts)


_MOVED = Action("move", "cycle", number=1)
_LATER = Walk(1)
_TELLS_BEFORE_FREEING = 3888  # an order of ticks in which tell_changes comes before free_stuck

KNOWN = {
    # ------------------------------------------------ two ticks that undo each other
    "a cancelled cycle's letters were taken back and written anew each minute": _cycle(
        Action("cancel", "cycle"), Walk(11)
    ),
    "so were those of a postponed event": _event(Action("postpone"), Walk(11)),
    "and what got out after that had lost its CANCEL": _event(Action("cancel")),
    "a cancellation that a broken connection held up came again under one Message-ID, another letter": _event(
        Action("cancel"), Fault(DROPPED_AFTER), Walk(11)
    ),
    "postponed and cancelled before the morning, the cancellation had no CANCEL": _cycle(
        Action("postpone", "cycle"), Walk(11), Action("cancel", "cycle")
    ),
    # ------------------------------------------------ taken back by an edit, written as another row
    "a move told at night was written anew when the title was corrected": _cycle(
        _MOVED, Walk(11), _LATER, Action("edit title", "cycle")
    ),
    "a new place told at night was written anew when the title was corrected": _event(
        Action("edit place", number=1), Walk(11), _LATER, Action("edit title"), hour="Friday 22:00"
    ),
    "a move told at night was written anew when a city was renamed": _cycle(
        _MOVED, Walk(11), _LATER, Action("rename city", who=TOM)
    ),
    "a move told at night was written anew when its reader got another address": _cycle(
        _MOVED, Walk(11), _LATER, Action("change address", who=ASA)
    ),
    "a cancellation was written anew when its reader got another address": _event(
        Action("cancel"), Walk(11), _LATER, Action("change address", who=TOM), hour="Friday 22:00"
    ),
    "a greylisted letter about a move was written anew and forgot its waits": _cycle(
        Fault(GREYLISTED, 4), _MOVED, Walk(11), _LATER, Action("rename city", who=TOM), hour=TUESDAY
    ),
    "a greylisted invitation forgot its waits when the title was corrected": _event(
        Action("publish"), Fault(GREYLISTED, 4), Walk(1440), _LATER, Action("edit title"), drafts=("event",)
    ),
    "a letter that had arrived came again under another Message-ID, its sender killed": _cycle(
        _MOVED, Fault(KILLED_AFTER), Walk(11), _LATER, Action("edit title", "cycle"), hour=TUESDAY
    ),
    # ------------------------------------------------ never told
    "who was no longer invited never heard of it, the title being corrected meanwhile": _event(
        Fault(GREYLISTED), Action("uninvite", who=TOM), Action("edit title")
    ),
    "nor when a city was renamed meanwhile": _event(
        Fault(GREYLISTED), Action("uninvite", who=TOM), Action("rename city", who=MARIA)
    ),
    "nor when the event was moved meanwhile": _event(
        Fault(GREYLISTED), Action("uninvite", who=TOM), Action("move", number=1)
    ),
    "nor when the event was cancelled meanwhile": _event(
        Fault(GREYLISTED), Action("uninvite", who=TOM), Action("cancel")
    ),
    "taken out of an event that was then cancelled, a city was told neither": _event(
        Action("move", number=1), Action("uninvite", who=TOM), Action("cancel")
    ),
    "taken out of an event that had just been postponed, a city was told neither": _event(
        Action("postpone"), Action("uninvite", who=TOM)
    ),
    "told of a new time over a broken connection, nobody was told that the old one holds again": _cycle(
        _MOVED, Fault(DROPPED_AFTER), Walk(11), Action("move", "cycle", number=0), hour=TUESDAY
    ),
    "nor when the process was killed": _cycle(
        _MOVED, Fault(KILLED_AFTER), Walk(11), Action("move", "cycle", number=0), hour=TUESDAY
    ),
    "a move whose letter died with its process was left out of the letter about the new place": _event(
        Action("move", number=3),
        Fault(KILLED_BEFORE),
        Walk(11),
        Action("edit place", number=3),
        Walk(11, _TELLS_BEFORE_FREEING),
    ),
    "who was away while others were told of a move never heard of it": _event(
        Action("leave", who=TOM), Action("move", number=1), Walk(11), Action("come back", who=TOM)
    ),
    "who was away for a moment while the letter waited never got it": _event(
        Action("move", number=1),
        Walk(11),
        Action("leave", who=TOM),
        Action("come back", who=TOM),
        hour="Friday 22:00",
    ),
    "who was away for a night while the letter waited never got it": _event(
        Action("move", number=1),
        Walk(11),
        Action("leave", who=TOM),
        Walk(11),
        Action("come back", who=TOM),
        hour="Friday 22:00",
    ),
    "who was away while others were told of a cancellation never heard of it": _event(
        Action("leave", who=TOM), Action("cancel"), Walk(11), Action("come back", who=TOM)
    ),
    "who takes no programme letters accepted, and a move told at night was forgotten after an edit": _event(
        Action("accept", who=ASA),
        Action("stop letters", who=ASA),
        Action("move", number=1),
        Walk(11),
        _LATER,
        Action("edit title"),
        hour="Friday 22:00",
    ),
    # ------------------------------------------------ answers
    "postponed and resumed before anybody was told, an invitation took no answers any more": _cycle(
        Action("postpone", "cycle"), Walk(11), Action("resume", "cycle")
    ),
    "moved there and back at night, an event forgot who comes": _event(
        Action("accept", who=ASA),
        Action("move", number=1),
        Walk(11),
        Action("move", number=0),
        hour="Friday 22:00",
    ),
    # ------------------------------------------------ one Message-ID, two letters
    "an invitation that may have arrived came with another time under its Message-ID": _event(
        Action("publish"),
        Walk(600),
        Fault(DROPPED_AFTER, 2),
        Walk(780),
        Action("move", number=1),
        drafts=("event",),
    ),
}
