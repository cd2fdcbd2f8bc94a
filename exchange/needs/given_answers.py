"""What people answered to a needs round, as values to score. Who answered what is shown to nobody.

Which question says what is fixed when the round opens (``ASKED``); a question worded anew keeps its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    Contribution,
    ContributionVersion,
    NeedsRound,
)
from exchange.rules.asks.question_kinds import QuestionKind, Value
from exchange.rules.needs.round_results import Remark
from exchange.rules.needs.scores import Cause, LastExercised, NeedAnswer
from exchange.rules.results.small_groups import Voice

Meaning = TypeVar("Meaning")
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
    """The same of each round, by its id, in a fixed number of statements."""
    asks = {ask.id: ask for ask in _asks(session, rounds)}
    rows = session.exec(
        select(ContributionVersion, AskAddressee, AskParty.ask_id)
        .join(Contribution, col(ContributionVersion.contribution_id) == col(Contribution.id))
        .join(AskAddressee, col(Contribution.addressee_id) == col(AskAddressee.id))
        .join(AskParty, col(AskAddressee.party_id) == col(AskParty.id))
        .where(col(AskParty.ask_id).in_(asks))
        .order_by(col(ContributionVersion.submitted_at), col(ContributionVersion.id))
    )
    by_id = {one.id: one for one in rounds}
    handed_in: dict[int, list[HandedIn]] = {one.id or 0: [] for one in rounds}
    for version, to, ask_id in rows:
        ask = asks[ask_id]
        found = by_id[ask.needs_round_id]
        handed_in[found.id or 0].append(_handed_in(version, to, ask, found))
    return {round_id: GivenAnswers(some) for round_id, some in handed_in.items()}


def _asks(session: Session, rounds: Sequence[NeedsRound]) -> Sequence[Ask]:
    return session.exec(
        select(Ask)
        .where(col(Ask.needs_round_id).in_([one.id for one in rounds]), Ask.template == TEMPLATE)
        .options(selectinload(Ask.questions), selectinload(Ask.rows))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()


def _handed_in(version: ContributionVersion, to: AskAddressee, ask: Ask, found: NeedsRound) -> HandedIn:
    said = _Said(version, _questions(found, ask))
    answers = [
        answer
        for row in ask.rows
        if row.theme_id is not None
        and (answer := _answer(said, str(row.id), row.theme_id, version, to)) is not None
    ]
    return HandedIn(version.contribution_id, version.submitted_at, answers, _remarks(version, to, ask))


def _remarks(version: ContributionVersion, to: AskAddressee, ask: Ask) -> list[Remark]:
    """What was written to the questions that are about no theme."""
    texts = ((one.id or 0, version.answers.get(str(one.id))) for one in ask.questions if one.kind == _TEXT)
    return [
        Remark(question, Voice((version.id, question), to.holder_id, _organisation(to)), text)
        for question, text in texts
        if isinstance(text, str) and text.strip()
    ]


def _questions(found: NeedsRound, ask: Ask) -> dict[str, AskQuestion]:
    by_id = {question.id: question for question in ask.questions}
    return {name: by_id[number] for name, number in found.asked.items() if number in by_id}


def _answer(
    said: "_Said", row: str, theme: int, version: ContributionVersion, to: AskAddressee
) -> NeedAnswer | None:
    """What was said about one theme; None without importance, confidence and last exercise."""
    importance, confidence = said.number("importance", row), said.number("confidence", row)
    last = said.chosen("last exercised", row, tuple(LastExercised))
    if importance is None or confidence is None or last is None or to.city_id is None:
        return None
    return NeedAnswer(
        city=to.city_id,
        theme=theme,
        voice=Voice((version.id, theme), to.holder_id, _organisation(to)),
        importance=importance,
        confidence=confidence,
        last_exercised=last,
        cause=said.chosen("cause", row, tuple(Cause)) or "",
        format_wanted=said.text("format", row),
    )


def _organisation(to: AskAddressee) -> int | None:
    """The one they had when they were asked; of a deputy, who may be of another, it is not known."""
    return to.organisation_id if to.holder_id == to.person_id else None


class _Said:
    """What one version says, by the name of a question and the row of a theme."""

    def __init__(self, version: ContributionVersion, questions: Mapping[str, AskQuestion]) -> None:
        self._version = version
        self._questions = questions

    def number(self, name: str, row: str) -> int | None:
        value = self._value(name, row)
        return value if isinstance(value, int) else None

    def text(self, name: str, row: str) -> str:
        value = self._value(name, row)
        return value if isinstance(value, str) else ""

    def chosen(self, name: str, row: str, meanings: Sequence[Meaning]) -> Meaning | None:
        """What the choice means, by its place among the options as they were worded then.

        None where nothing was chosen, and for an option that somebody added behind those that mean something.
        """
        said = self.text(name, row)
        by_option = dict(zip(self._options(name), meanings, strict=False)) if said else {}
        return by_option.get(said)

    def _value(self, name: str, row: str) -> Value | None:
        question = self._questions.get(name)
        answer = self._version.answers.get(str(question.id)) if question else None
        return answer.get(row) if isinstance(answer, Mapping) else None

    def _options(self, name: str) -> Sequence[str]:
        question = self._questions[name]
        number = self._version.asked.get(str(question.id), 1)
        return next(_wordings(question, number), question.options)


def _wordings(question: AskQuestion, number: int) -> Iterator[list[str]]:
    for earlier in question.earlier:
        options = earlier.get("options")
        if earlier.get("version") == number and isinstance(options, list):
            yield [str(option) for option in options]
