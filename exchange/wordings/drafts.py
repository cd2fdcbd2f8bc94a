"""A wording before it is saved, and what can be wrong with it. No database."""

from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.mail.writing.custom_wording import NETWORK, Edited
from exchange.rules.letters.placeholders import Fault, faults_of, needs_of
from exchange.rules.programme.stage_plan import LetterRule
from exchange.rules.sentences import Sentence
from exchange.wordings.available_placeholders import (
    needed_and_unsure,
    words_and_blocks,
    words_of_subject,
)


@dataclass(frozen=True)
class Scope:
    """Where a wording holds: one letter, for one cycle or (None) wherever no cycle has its own."""

    rule: LetterRule
    cycle_id: int | None = None

    @property
    def key(self) -> str:
        """The scope as rows hold it."""
        return NETWORK if self.cycle_id is None else f"cycle:{self.cycle_id}"

    @property
    def subject(self) -> str:
        """The scope as the audit trail names it."""
        return f"wording:{self.rule.key}:{self.key}"


def faults_in(scope: Scope, edited: Edited) -> dict[str, list[Sentence]]:
    """What is wrong with subject and body, each fault with its place; empty when nothing is."""
    short, links = words_of_subject(scope.rule)
    faults = {
        "subject": faults_of(edited.subject, short, kept_out=links),
        "body": faults_of(edited.body, *words_and_blocks(scope.rule))
        + needs_of(edited.body, *needed_and_unsure(scope.rule)),
    }
    found = {field: [_placed(fault) for fault in of_field] for field, of_field in faults.items()}
    return {field: sentences for field, sentences in found.items() if sentences}


def refuse_faults(scope: Scope, edited: Edited) -> None:
    """Raise InvalidInput for the first fault, or for a letter that would say nothing."""
    for field in ("subject", "body"):
        if not getattr(edited, field).strip():
            raise InvalidInput("Write something: a letter without it would say nothing.", field=field)
    for field, sentences in faults_in(scope, edited).items():
        raise InvalidInput(sentences[0].template, field=field, **sentences[0].values)


def _placed(fault: Fault) -> Sentence:
    values = {"line": fault.line, "column": fault.column, **fault.sentence.values}
    return Sentence("Line %(line)s, column %(column)s: " + fault.sentence.template, values)
