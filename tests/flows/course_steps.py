"""A course: when it starts, and what people do, what the mail server does and how time passes, step by step.

Values that read as sentences, and how Hypothesis draws them; courses.py runs them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

READERS = ("Åsa Öberg", "Tom Baker-Lane", "Maria Ruiz", "Aroha Tane", "Priya Nair")
CITY_OF = {"Tom Baker-Lane": "London", "Maria Ruiz": "Washington DC", "Aroha Tane": "Auckland"}

# Ordinary weeks, then those around the days on which the clocks of America and Europe change.
MONDAYS = (date(2027, 2, 1), date(2027, 3, 8), date(2027, 3, 15), date(2027, 10, 25), date(2027, 11, 1))
# Hours (UTC) after the Monday on which everybody was invited: Tuesday morning, Friday night...
HOURS = {"Tuesday 10:00": 34, "Thursday 23:00": 95, "Friday 16:30": 112.5, "Friday 22:00": 118}
HOURS |= {"Saturday 12:00": 132, "Sunday 22:30": 166.5}

MINUTES = (1, 11, 45, 180, 600, 1440, 4320)

_SAID = {
    "publish": "the {about} is published",
    "move": "the {about} is moved (to choice {number})",
    "cancel": "the {about} is cancelled",
    "postpone": "the {about} is postponed",
    "resume": "the {about} is resumed, {number} weeks later than it was first planned",
    "edit title": "the title of the {about} is corrected",
    "edit place": "the place of the event is changed (to choice {number})",
    "leave": "{who} leaves the network",
    "come back": "{who} comes back to the network",
    "change address": "{who} gets another address",
    "rename city": "the city of {who} is renamed",
    "uninvite": "the city of {who} is taken out of the event",
    "invite back": "the city of {who} takes part in the event again",
    "accept": "{who} accepts the invitation to the {about}",
    "decline": "{who} declines the invitation to the {about}",
    "stop letters": "{who} stops programme letters",
}


@dataclass(frozen=True)
class Action:
    """What somebody does. ``about`` is "cycle" or "event"; what the verb does not need says nothing."""

    verb: str
    about: str = "event"
    who: str = READERS[0]
    number: int = 0

    def __str__(self) -> str:
        return _SAID[self.verb].format(about=self.about, who=self.who, number=self.number)


@dataclass(frozen=True)
class Fault:
    """What befalls the next ``letters`` letters on the wire: see wire.Wire."""

    kind: str
    letters: int = 1

    def __str__(self) -> str:
        return f"the next {self.letters} letters on the wire: {self.kind}"


@dataclass(frozen=True)
class Walk:
    """Time passes; ``order`` is which of the orders of ticks, 0 the one in which work flows."""

    minutes: int
    order: int = 0

    def __str__(self) -> str:
        return f"{self.minutes} minutes pass, ticks in order {self.order}"


Step = Action | Fault | Walk


@dataclass(frozen=True)
class Course:
    """``abouts`` is what there is; ``drafts`` those of it that are not published yet at the start."""

    steps: tuple[Step, ...]
    monday: date = MONDAYS[0]
    hour: str = "Friday 22:00"
    abouts: tuple[str, ...] = ("cycle",)
    drafts: tuple[str, ...] = ()

    @property
    def invited_at(self) -> datetime:
        """When letters go out at the start: everybody is awake, from Auckland (Tuesday) to Washington."""
        return datetime.combine(self.monday, time(18, 30), ZoneInfo("UTC"))

    @property
    def starts_at(self) -> datetime:
        """When the first step is made; everybody has what was due before."""
        return datetime.combine(self.monday, time(0), ZoneInfo("UTC")) + timedelta(hours=HOURS[self.hour])

    def __str__(self) -> str:
        lines = [f"On {self.hour} UTC after Monday {self.monday}, with {self.abouts}, drafts {self.drafts}:"]
        return "\n".join(lines + [f"  - {step}" for step in self.steps])


def courses() -> st.SearchStrategy[Course]:
    """Courses of one or two subjects, of single steps and of episodes."""
    single = st.one_of(_walks(), _halts(), _actions(), _faults()).map(lambda step: (step,))
    parts = st.lists(st.one_of(single, _episodes()), min_size=1, max_size=5)
    return st.builds(
        Course,
        steps=parts.map(lambda found: tuple(step for part in found for step in part)),
        monday=st.sampled_from(MONDAYS),
        hour=st.sampled_from(["Friday 22:00", *HOURS]),
        abouts=st.sampled_from([("cycle",), ("event",), ("cycle", "event")]),
        drafts=st.sampled_from([(), (), (), ("cycle",), ("event",)]),
    )


def _episodes() -> st.SearchStrategy[tuple[Step, ...]]:
    """Something is to be told, its letters are under way or wait for the morning, and something happens."""
    nothing = st.just(())
    fault = st.one_of(nothing, _faults().map(lambda step: (step,)))
    pause = st.sampled_from([(), (Walk(1),)])
    parts = st.tuples(_halts(), fault, _walks(11), pause, st.one_of(_halts(), _actions()))
    return parts.map(lambda part: (part[0], *part[1], part[2], *part[3], part[4]))


def _walks(*minutes: int) -> st.SearchStrategy[Walk]:
    return st.builds(Walk, st.sampled_from(minutes or MINUTES), st.integers(0, 5039))


def _faults() -> st.SearchStrategy[Fault]:
    return st.builds(Fault, st.sampled_from(FAULTS), st.integers(1, 4))


def _halts() -> st.SearchStrategy[Action]:
    """What happens to a cycle or an event: half of all that happens."""
    verbs = st.sampled_from(["cancel", "postpone", "resume", "move", "edit title", "publish"])
    return st.builds(Action, verbs, _ABOUT, number=_NUMBER)


def _actions() -> st.SearchStrategy[Action]:
    who = st.sampled_from(READERS)
    of_city = st.sampled_from(list(CITY_OF))
    return st.one_of(
        st.builds(Action, st.just("edit place"), number=_NUMBER),
        st.builds(Action, st.sampled_from(["leave", "come back", "change address", "stop letters"]), who=who),
        st.builds(Action, st.sampled_from(["uninvite", "invite back", "rename city"]), who=of_city),
        st.builds(Action, st.sampled_from(["accept", "decline"]), _ABOUT, who),
    )


_ABOUT = st.sampled_from(["cycle", "event"])
_NUMBER = st.integers(0, 3)
GREYLISTED = "the server says later"
DROPPED_BEFORE = "the connection breaks before the server has it"
DROPPED_AFTER = "the connection breaks after the server took it"
KILLED_BEFORE = "the process is killed before the server has it"
KILLED_AFTER = "the process is killed after the server took it"
FAULTS = (GREYLISTED, DROPPED_BEFORE, DROPPED_AFTER, KILLED_BEFORE, KILLED_AFTER)
