"""Profiles of preparation: which milestones an event of a kind has, and how many days off the event they are.

Not the dates: rules/duties counts those from an event's day. Read from config/training.toml.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from exchange.errors import ConfigurationError
from exchange.rules.toml_fields import Entry, refuse

FARTHEST_DAYS = 400  # a year and a month either way: nobody begins earlier or reviews later
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_WEIGHTS = ("must", "should")


class Side(StrEnum):
    """On which side of the event a milestone lies, whatever day it is moved to."""

    BEFORE = "before"
    ON = "on"
    AFTER = "after"


_DAYS = {Side.BEFORE: (-FARTHEST_DAYS, -1), Side.ON: (0, 0), Side.AFTER: (1, FARTHEST_DAYS)}


@dataclass(frozen=True)
class Milestone:
    """One step: ``days`` from the event, negative before it; ``is_must`` when the event depends on it.

    ``is_meeting``: people meet for it, at an hour that is set for each event.
    """

    key: str
    name: str
    days: int
    phase: Side
    is_must: bool
    is_meeting: bool = False


@dataclass(frozen=True)
class Profile:
    """The milestones of an event in their order; ``kinds`` of event begin with it."""

    key: str
    name: str
    kinds: tuple[str, ...]
    milestones: tuple[Milestone, ...]

    def milestone(self, key: str) -> Milestone | None:
        """The milestone with this key; None when the profile has none."""
        return next((one for one in self.milestones if one.key == key), None)


@dataclass(frozen=True)
class Profiles:
    """All profiles there are, in the order of their file."""

    all: tuple[Profile, ...]

    def of_kind(self, kind: str) -> Profile:
        """The profile that events of a kind begin with; each kind has one."""
        return next(one for one in self.all if kind in one.kinds)

    def chosen(self, key: str, kind: str) -> Profile:
        """The profile that an event chose; the one of its kind when it chose none, or one that is no more."""
        return next((one for one in self.all if one.key == key), self.of_kind(kind))

    def name_of(self, milestone_key: str) -> str:
        """What a milestone is called in the first profile that has it; its key where none has."""
        found = (one.milestone(milestone_key) for one in self.all)
        return next((one.name for one in found if one), milestone_key)


def read_profiles(document: Mapping[str, object], kinds: Collection[str]) -> Profiles:
    """The profiles of a parsed document, one for each of the ``kinds`` of event.

    Raises ConfigurationError with the place and what is wrong: a milestone whose days are on the other side
    of the event than its phase, one that is not in order, a kind of event in two profiles or in none.
    """
    entry = Entry("", document, known={"profiles"})
    found = entry.each("profiles", partial(_profile, kinds))
    keys = [one.key for one in found]
    if len(set(keys)) < len(keys):
        refuse("profiles", "profiles with different keys", keys)
    for kind in kinds:
        having = [one.key for one in found if kind in one.kinds]
        if len(having) != 1:
            raise ConfigurationError(
                "profiles: the kind of event %(kind)s stands in %(count)s profiles, and must in one.",
                kind=kind,
                count=len(having),
            )
    return Profiles(found)


def _profile(kinds: Collection[str], place: str, table: object) -> Profile:
    entry = Entry(place, table, known={"key", "name", "kinds", "milestones"})
    milestones = entry.each("milestones", _milestone) if entry.has("milestones") else ()
    _check_order(place, milestones)
    return Profile(_key(entry), entry.text("name"), entry.choices("kinds", kinds), milestones)


def _milestone(place: str, table: object) -> Milestone:
    entry = Entry(place, table, known={"key", "name", "days", "phase", "weight", "meeting"})
    phase = Side(entry.choice("phase", list(Side)))
    return Milestone(
        key=_key(entry),
        name=entry.text("name"),
        days=entry.integer("days", *_DAYS[phase]),
        phase=phase,
        is_must=entry.choice("weight", _WEIGHTS) == "must",
        is_meeting=entry.flag("meeting"),
    )


def _key(entry: Entry) -> str:
    key = entry.text("key")
    if not _KEY.fullmatch(key):
        refuse(f"{entry.place}.key", "small letters and digits with hyphens between", key)
    return key


def _check_order(place: str, milestones: tuple[Milestone, ...]) -> None:
    keys = [one.key for one in milestones]
    if len(set(keys)) < len(keys):
        refuse(f"{place}.milestones", "milestones with different keys", keys)
    days = [one.days for one in milestones]
    if days != sorted(days):
        refuse(f"{place}.milestones", "milestones in the order of their days", days)
