"""What somebody typed as an answer, as a value; whether it can be kept or handed in. No rows, no pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.models import AskQuestion, AskRow
from exchange.rules.asks.answers_in_words import in_words
from exchange.rules.asks.question_kinds import Answer, Value
from exchange.rules.asks.typed_values import is_answered
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking, parse_marking
from exchange.rules.typed_links import check_link

LINKS_MAX = 10
QUESTIONS_MAX = 10  # of one ask


@dataclass(frozen=True)
class AnswerDraft:
    """What stands in the form. ``answers`` by question id, and of one with rows by the row's id in each;
    ``marking`` "" while none was chosen.

    ``version`` is that of the contribution the form was opened on; 0 when there was none.
    """

    version: int
    answers: Mapping[int, Answer]
    marking: str = ""
    group_ids: frozenset[int] = frozenset()
    named: tuple[str, ...] = ()
    practice_note: str = ""
    links: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not any(map(is_answered, [*self.answers.values(), self.practice_note, *self.links]))


def checked_draft(draft: AnswerDraft) -> None:
    """Raise InvalidInput when the draft must not be kept: state secrets, odd links, an unknown marking."""
    for question_id, answer in draft.answers.items():
        for row_id, value in values_of(answer):
            refuse_state_secrets(in_words(value), field=answer_field(question_id, row_id))
    refuse_state_secrets(draft.practice_note, field="practice_note")
    if draft.marking:
        parse_marking(draft.marking)
    if len(draft.links) > LINKS_MAX:
        raise InvalidInput("At most %(most)s links fit.", field="links", most=LINKS_MAX)
    for link in draft.links:
        check_link(link, "links")


def checked_marking(draft: AnswerDraft) -> None:
    """Raise InvalidInput unless a marking was chosen, and groups named where it needs them."""
    marking = parse_marking(draft.marking)
    if marking is Marking.RED and not draft.named:
        raise InvalidInput("TLP:RED is for named people: give the e-mail address of each.", field="named")
    if marking is Marking.AMBER_STRICT and not draft.group_ids:
        raise InvalidInput(
            "%(marking)s is for groups you name: choose at least one.", field="groups", marking=marking.value
        )


def checked_complete(
    draft: AnswerDraft, questions: Sequence[AskQuestion], rows: Sequence[AskRow], *, has_files: bool
) -> None:
    """Raise InvalidInput unless the answer can be handed in; its marking is checked by itself."""
    checked_draft(draft)
    for question in questions:
        _check_required(draft, question, [row.id for row in rows if row.per == question.per])
    if draft.is_empty and not has_files:
        raise InvalidInput(
            "Nothing is written yet. If there is nothing to add, say so in a word.",
            field=answer_field(min(draft.answers, default=0)),
        )


def answer_field(question_id: int, row_id: int | None = None) -> str:
    """The name of the field that holds the answer to a question, or to one row of it."""
    return f"answer_{question_id}" if row_id is None else f"answer_{question_id}_{row_id}"


def values_of(answer: Answer) -> list[tuple[int | None, Value]]:
    """The values of an answer, each with its row; None of one that is answered once."""
    if isinstance(answer, Mapping):
        return [(int(key), value) for key, value in answer.items()]
    return [(None, answer)]


def _check_required(draft: AnswerDraft, question: AskQuestion, row_ids: Sequence[int | None]) -> None:
    if not question.is_required:
        return
    values = dict(values_of(draft.answers.get(question.id or 0, {} if question.per else "")))
    for row_id in row_ids if question.per else [None]:
        if not is_answered(values.get(row_id)):
            raise InvalidInput(
                "This has to be answered before you hand in.", field=answer_field(question.id or 0, row_id)
            )
