"""config/asks.toml as values: the kinds of asks there are, and the questions each begins with.

Not the asks themselves: an ask keeps its own questions from the day it is made, and they are changed there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from exchange.errors import ConfigurationError, InvalidInput
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.asks.question_sets import (
    HELP_MAX,
    OPTION_MAX,
    PlannedQuestion,
    checked_questions,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import ChaseFrom, ChaseStep, ChaseTo
from exchange.rules.programme.stage_plan_file import FARTHEST_CHASE_DAYS, QUESTION_MAX
from exchange.rules.toml_fields import Entry, refuse

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
OWN = "own"  # as a marking: each answer chooses its own


class AskedOf(StrEnum):
    """Who answers: a city once, each member of a group, or each person for themselves."""

    CITIES = "cities"
    GROUPS = "groups"
    PEOPLE = "people"


@dataclass(frozen=True)
class AskTemplate:
    """One kind of ask. ``marking`` is that of every answer, "" where each chooses its own.

    ``questions`` end with the standing ones, unless it takes none; the two of config/cycle.toml, which has
    theirs, have those alone. ``takes_more`` lets an
    answer have a practice note, links and files beside the questions. ``chasing`` is the ladder of
    letters to who is silent; ``closes_in`` are months of the year at whose end it closes, as a proposal.
    """

    key: str
    name: str
    asked: AskedOf
    marking: str
    questions: tuple[PlannedQuestion, ...]
    takes_more: bool
    chasing: tuple[ChaseStep, ...] = ()
    closes_in: tuple[int, ...] = ()

    @property
    def letter(self) -> str:
        """The kind of the letter that brings the questions."""
        return f"ask-{self.key}"

    @property
    def closes(self) -> str:
        """No stage closes it: its own last day does."""
        return ""


def read_ask_templates(document: Mapping[str, object]) -> dict[str, AskTemplate]:
    """The templates of a parsed document, by key.

    Raises ConfigurationError with the place and what is wrong there: a key that stands twice, a scale
    without words at its ends, a choice without choices.
    """
    whole = Entry("", document, known={"templates", "standing"})
    standing = whole.each("standing", _standing) if whole.has("standing") else ()
    found = whole.each("templates", partial(_template, standing))
    for number, one in enumerate(found, 1):
        if one.key in {earlier.key for earlier in found[: number - 1]}:
            refuse(f"templates[{number}].key", "each key once", one.key)
    return {one.key: one for one in found}


def _template(standing: tuple[PlannedQuestion, ...], place: str, table: object) -> AskTemplate:
    entry = Entry(
        place,
        table,
        known={"key", "name", "asked", "marking", "questions", "takes_more", "chasing", "closes_in"}
        | {"standing"},
    )
    own = entry.each("questions", _question) if entry.has("questions") else ()
    takes_standing = entry.flag("standing") if entry.has("standing") else True
    marking = entry.choice("marking", [OWN, *Marking])
    return AskTemplate(
        key=_key(entry),
        name=entry.text("name"),
        asked=AskedOf(entry.choice("asked", list(AskedOf))),
        marking="" if marking == OWN else marking,
        questions=(*own, *standing) if takes_standing else own,
        takes_more=entry.flag("takes_more"),
        chasing=entry.each("chasing", _step) if entry.has("chasing") else (),
        closes_in=entry.integers("closes_in", 1, 12) if entry.has("closes_in") else (),
    )


def _standing(place: str, table: object) -> PlannedQuestion:
    """A question that is asked of everything: a text, which nobody has to answer."""
    entry = Entry(place, table, known={"text", "help"})
    return PlannedQuestion(
        text=entry.text("text", most=QUESTION_MAX),
        help=entry.text("help", most=HELP_MAX) if entry.has("help") else "",
    )


def _step(place: str, table: object) -> ChaseStep:
    """A step of the ladder, as in config/cycle.toml, that writes to who is silent."""
    entry = Entry(place, table, known={"key", "name", "from", "days"})
    return ChaseStep(
        key=_key(entry),
        name=entry.text("name"),
        origin=ChaseFrom(entry.choice("from", list(ChaseFrom))),
        days=entry.integer("days", -FARTHEST_CHASE_DAYS, FARTHEST_CHASE_DAYS, default=0),
        to=ChaseTo.SILENT,
        asks=(),
    )


def _key(entry: Entry) -> str:
    key = entry.text("key")
    if not _KEY.fullmatch(key):
        refuse(f"{entry.place}.key", "small letters and digits with hyphens between", key)
    return key


def _question(place: str, table: object) -> PlannedQuestion:
    entry = Entry(place, table, known={"kind", "text", "help", "options", "required", "per"})
    question = PlannedQuestion(
        text=entry.text("text", most=QUESTION_MAX),
        kind=QuestionKind(entry.choice("kind", list(QuestionKind))),
        help=entry.text("help", most=HELP_MAX) if entry.has("help") else "",
        options=entry.texts("options", OPTION_MAX) if entry.has("options") else (),
        is_required=entry.flag("required"),
        per=RowOf(entry.choice("per", list(RowOf))) if entry.has("per") else None,
    )
    try:
        checked_questions([question])
    except InvalidInput as error:
        raise ConfigurationError("%(place)s: %(what)s", place=place, what=str(error)) from error
    return question
