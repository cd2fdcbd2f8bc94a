"""What was answered to an ask, as values for whoever shows it: what was handed in last, and no drafts.

It shows and hides nothing: who may see results, the policy says; cells of few people, whoever shows them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.answering.answer_status import party_name
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    AskRow,
    Contribution,
    ContributionVersion,
    Person,
)
from exchange.rules.asks.question_kinds import Value
from exchange.rules.asks.typed_values import is_answered


@dataclass(frozen=True)
class Given:
    """One value and for whom it counts: the city and organisation they had when they were asked.

    ``party`` is the city's or group's name, "" of who was asked by themselves. ``version`` is the wording
    of the question that was answered.
    """

    value: Value
    contribution_id: int
    person_id: int
    party: str
    city_id: int | None
    organisation_id: int | None
    version: int


@dataclass(frozen=True)
class QuestionResults:
    """One question, or one row of it, with what was given to it."""

    question: AskQuestion
    row: AskRow | None
    given: Sequence[Given]

    @property
    def values(self) -> list[Value]:
        """The values alone."""
        return [one.value for one in self.given]


@dataclass(frozen=True)
class Results:
    """All that was handed in to an ask, question by question in their order."""

    ask: Ask
    asked: int
    handed_in: int
    questions: Sequence[QuestionResults]

    def of(self, question_id: int) -> list[QuestionResults]:
        """One question: a single entry, or one for each row."""
        return [one for one in self.questions if one.question.id == question_id]


def results_of(session: Session, ask: Ask) -> Results:
    """The results, in a fixed number of statements; needs the ask's questions and rows.

    What was handed in last counts: a draft begun since changes nothing, and what was taken away is not there.
    """
    addressees = session.exec(
        select(AskAddressee)
        .join(AskParty, col(AskAddressee.party_id) == AskParty.id)
        .where(AskParty.ask_id == ask.id)
        .options(joinedload(AskAddressee.party))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    answers = _handed_in(session, ask)
    by_id = {one.id: one for one in addressees}
    entries = [
        QuestionResults(question, row, list(_given(answers, question, row, by_id)))
        for question in ask.questions
        for row in _rows_of(question, ask.rows)
    ]
    asked = {(one.party_id, None if one.party.city_id else one.id) for one in addressees}
    return Results(ask, len(asked), len(answers), entries)


def _handed_in(session: Session, ask: Ask) -> Sequence[Contribution]:
    party = joinedload(Contribution.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(Contribution)
        .join(AskParty, col(Contribution.party_id) == AskParty.id)
        .where(AskParty.ask_id == ask.id, col(Contribution.submitted_at).is_not(None))
        .options(
            party.joinedload(AskParty.city),  # type: ignore[arg-type]  # as above
            party.joinedload(AskParty.group),  # type: ignore[arg-type]  # as above
            selectinload(Contribution.versions).joinedload(ContributionVersion.person),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Contribution.id))
    ).all()


def _rows_of(question: AskQuestion, rows: Iterable[AskRow]) -> list[AskRow | None]:
    """The rows that a question is answered for; [None] for one that is answered once."""
    return [row for row in rows if row.per == question.per] if question.per else [None]


def _given(
    answers: Iterable[Contribution],
    question: AskQuestion,
    row: AskRow | None,
    addressees: Mapping[int | None, AskAddressee],
) -> Iterator[Given]:
    for contribution in answers:
        version = contribution.versions[-1]
        answer = version.answers.get(str(question.id))
        value = answer.get(str(row.id if row else 0)) if isinstance(answer, Mapping) else answer
        if value is None or isinstance(value, Mapping) or not is_answered(value):
            continue
        city_id, organisation_id = _counts_for(contribution, version.person, addressees)
        yield Given(
            value=value,
            contribution_id=contribution.id or 0,
            person_id=version.person_id,
            party=party_name(contribution.party),
            city_id=city_id,
            organisation_id=organisation_id,
            version=version.asked.get(str(question.id), 1),
        )


def _counts_for(
    contribution: Contribution, author: Person, addressees: Mapping[int | None, AskAddressee]
) -> tuple[int | None, int | None]:
    party, addressee = contribution.party, addressees.get(contribution.addressee_id)
    if party.city_id is not None:
        return party.city_id, None
    if addressee is not None and addressee.city_id is not None:
        return addressee.city_id, addressee.organisation_id
    return author.city_id, author.organisation_id
