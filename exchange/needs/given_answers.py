"""What people answered to a needs round, as values to score. Who answered what is shown to nobody.

Which question says what is fixed when the round opens (``ASKED``); a question worded anew keeps its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col

from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    Contribution,
    ContributionVersion,
    NeedsRound,
)
from exchange.rules.asks.question_kinds import Answer, QuestionKind, Value
from exchange.rules.needs.round_results import Remark
from exchange.rules.needs.scores import Cause, LastExercised, NeedAnswer
from exchange.rules.results.small_groups import Voice

_TEXT = QuestionKind.TEXT
TEMPLATE = "needs-round"  # a key of config/asks.toml
# What its first questions say, in their order there; each is asked for every theme.
ASKED = ("importance", "confidence", "last exercised", "cause", "format")


@dataclass(frozen=True)
class HandedIn:
    """What one person handed in at one moment, about all themes; a later one takes its place."""

    by: int
    at: datetime
    answers: Sequence[NeedAnswer]
    remarks: Sequence[Remark]


@dataclass(frozen=True)
class GivenAnswers:
    """All that was handed in to a round, the oldest first."""

    handed_in: Sequence[HandedIn]

    def as_of(self, moment: datetime) -> list[NeedAnswer]:
        """Each person's last answers of that moment."""
        return [answer for one in self._last(moment) for answer in one.answers]

    def remarks_as_of(self, moment: datetime) -> list[Remark]:
        """The same of what they wrote beside the themes."""
        return [remark for one in self._last(moment) for remark in one.remarks]

    def _last(self, moment: datetime) -> Iterable[HandedIn]:
        return {one.by: one for one in self.handed_in if one.at <= moment}.values()


def ask_of_round(session: Session, found: NeedsRound) -> Ask | None:
    """The round's questions with its themes as rows; None before it is opened."""
    return next(iter(_asks(session, [found])), None)


def answers_of_round(session: Session, found: NeedsRound) -> GivenAnswers:
    """Everything that was handed in to the round so far."""
    return answers_of_rounds(session, [found])[found.id or 0]


def answers_of_rounds(session: Session, rounds: Sequence[NeedsRound]) -> dict[int, GivenAnswers]:
    """The same of each round, by its id, in a fixed number of statements; thousands of people answer one."""
    by_id = {one.id: one for one in rounds}
    readers = {ask.id: _Reader(by_id[ask.needs_round_id], ask) for ask in _asks(session, rounds)}
    versions = session.execute(
        select(*_OF_VERSIONS)
        .join(Contribution, col(ContributionVersion.contribution_id) == col(Contribution.id))
        .join(AskAddressee, col(Contribution.addressee_id) == col(AskAddressee.id))
        .join(AskParty, col(AskAddressee.party_id) == col(AskParty.id))
        .where(col(AskParty.ask_id).in_(readers))
        .order_by(col(ContributionVersion.submitted_at), col(ContributionVersion.id))
    )
    handed_in: dict[int, list[HandedIn]] = {one.id or 0: [] for one in rounds}
    for version in versions:
        reader = readers[version.ask_id]
        handed_in[reader.round_id].append(reader.handed_in(_Version(*version[1:])))
    return {round_id: GivenAnswers(some) for round_id, some in handed_in.items()}


def _asks(session: Session, rounds: Sequence[NeedsRound]) -> Sequence[Ask]:
    return session.scalars(
        select(Ask)
        .where(col(Ask.needs_round_id).in_([one.id for one in rounds]), col(Ask.template) == TEMPLATE)
        .options(selectinload(Ask.questions), selectinload(Ask.rows))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()


class _Version(NamedTuple):
    """One version of an answer, and for whom it counts."""

    id: int
    contribution_id: int
    submitted_at: datetime
    answers: Mapping[str, Answer]
    asked: Mapping[str, int]
    holder_id: int
    person_id: int
    city_id: int | None
    organisation_id: int | None

    def voice(self, about: int) -> Voice:
        """Whose word it is about something; of a deputy, who may be of another, no organisation is known."""
        is_own = self.holder_id == self.person_id
        return Voice((self.id, about), self.holder_id, self.organisation_id if is_own else None)


_OF_VERSIONS = (
    col(AskParty.ask_id),
    col(ContributionVersion.id),
    col(ContributionVersion.contribution_id),
    col(ContributionVersion.submitted_at),
    col(ContributionVersion.answers),
    col(ContributionVersion.asked),
    col(AskAddressee.holder_id),
    col(AskAddressee.person_id),
    col(AskAddressee.city_id),
    col(AskAddressee.organisation_id),
)


class _Reader:
    """Reads what versions say to the questions of one round; what an option means is worked out once."""

    def __init__(self, found: NeedsRound, ask: Ask) -> None:
        self.round_id = found.id or 0
        by_id = {question.id: question for question in ask.questions}
        self._questions = {name: by_id[number] for name, number in found.asked.items() if number in by_id}
        self._themes = [(str(row.id), row.theme_id) for row in ask.rows if row.theme_id is not None]
        self._texts = [one.id or 0 for one in ask.questions if one.kind == _TEXT]
        self._meanings: dict[tuple[str, int], Mapping[str, StrEnum]] = {}

    def handed_in(self, version: _Version) -> HandedIn:
        """What it says about each theme that it rates in full, and what was written beside them."""
        said = {name: self._by_theme(name, version) for name in ASKED}
        means = {
            "last exercised": self._meaning("last exercised", version, LastExercised),
            "cause": self._meaning("cause", version, Cause),
        }
        about = ((theme, {name: some.get(row) for name, some in said.items()}) for row, theme in self._themes)
        answers = [_answer(version, theme, values, means) for theme, values in about]
        remarks = [
            Remark(question, version.voice(question), text)
            for question in self._texts
            if isinstance(text := version.answers.get(str(question)), str) and text.strip()
        ]
        return HandedIn(
            version.contribution_id, version.submitted_at, [one for one in answers if one], remarks
        )

    def _by_theme(self, name: str, version: _Version) -> Mapping[str, Value]:
        question = self._questions.get(name)
        said = version.answers.get(str(question.id)) if question else None
        return said if isinstance(said, Mapping) else {}

    def _meaning(self, name: str, version: _Version, meanings: type[StrEnum]) -> Mapping[str, StrEnum]:
        """What each option means, by its place among the options as they were worded then.

        An option that somebody added behind those means nothing.
        """
        question = self._questions.get(name)
        if question is None:
            return {}
        key = name, version.asked.get(str(question.id), 1)
        if key not in self._meanings:
            options = next(_wordings(question, key[1]), question.options)
            self._meanings[key] = dict(zip(options, meanings, strict=False))
        return self._meanings[key]


def _answer(
    version: _Version,
    theme: int,
    values: Mapping[str, Value | None],
    means: Mapping[str, Mapping[str, StrEnum]],
) -> NeedAnswer | None:
    """What was said about one theme; None without importance, confidence and last exercise."""
    importance, confidence = values["importance"], values["confidence"]
    last = means["last exercised"].get(_text(values["last exercised"]))
    if not isinstance(importance, int) or not isinstance(confidence, int):
        return None
    if not isinstance(last, LastExercised) or version.city_id is None:
        return None
    return NeedAnswer(
        city=version.city_id,
        theme=theme,
        voice=version.voice(theme),
        importance=importance,
        confidence=confidence,
        last_exercised=last,
        cause=means["cause"].get(_text(values["cause"])) or "",
        format_wanted=_text(values["format"]),
    )


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _wordings(question: AskQuestion, number: int) -> Iterator[list[str]]:
    for earlier in question.earlier:
        options = earlier.get("options")
        if earlier.get("version") == number and isinstance(options, list):
            yield [str(option) for option in options]
