"""What somebody typed as an answer, as a value; whether it can be kept or handed in. No rows, no pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking, parse_marking
from exchange.rules.typed_links import check_link

ANSWER_MAX = 20_000  # characters of one answer: some seven pages
LINKS_MAX = 10
QUESTIONS_MAX = 10  # of one prompt


@dataclass(frozen=True)
class AnswerDraft:
    """What stands in the form. ``answers`` by question id; ``marking`` "" while none was chosen.

    ``version`` is that of the contribution the form was opened on; 0 when there was none.
    """

    version: int
    answers: Mapping[int, str]
    marking: str = ""
    group_ids: frozenset[int] = frozenset()
    named: tuple[str, ...] = ()
    practice_note: str = ""
    links: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not any(text.strip() for text in [*self.answers.values(), self.practice_note, *self.links])


def checked_draft(draft: AnswerDraft) -> None:
    """Raise InvalidInput when the draft must not be kept: state secrets, odd links, an unknown marking."""
    for question_id, text in draft.answers.items():
        refuse_state_secrets(text, field=answer_field(question_id))
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


def checked_complete(draft: AnswerDraft, *, has_files: bool) -> None:
    """Raise InvalidInput unless the answer can be handed in."""
    checked_draft(draft)
    checked_marking(draft)
    if draft.is_empty and not has_files:
        raise InvalidInput(
            "Nothing is written yet. If there is nothing to add, say so in a word.",
            field=answer_field(min(draft.answers, default=0)),
        )


def answer_field(question_id: int) -> str:
    """The name of the field that holds the answer to a question."""
    return f"answer_{question_id}"
