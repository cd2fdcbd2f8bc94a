"""What people want of findings and actions, checked but not saved. It knows no forms."""

from dataclasses import dataclass
from datetime import date

from exchange.errors import InvalidInput
from exchange.follow_up.progress import check_day
from exchange.models import ActionState, LessonKind, LessonState, Phase
from exchange.rules.evidence import checked_link_or_sentence
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.typed_links import is_link

TEXT_MAX = 300  # characters of an action: one sentence that says who does what


@dataclass(frozen=True)
class LessonDraft:
    """A finding as a form, a file or config/findings.toml describes it.

    It comes from an exchange, an event, a product, or a document named in ``source``. ``named`` are the
    addresses of who may know of it at TLP:RED; None leaves who is named.
    """

    kind: LessonKind
    title: str
    text: str
    marking: Marking = Marking.AMBER
    theme_id: int | None = None
    phase: Phase | None = None
    cycle_id: int | None = None
    training_id: int | None = None
    product_id: int | None = None
    source: str = ""
    source_number: str = ""
    source_link: str = ""
    named: tuple[str, ...] | None = None

    @property
    def first_state(self) -> str:
        """The state it begins in: lessons are identified, others have none."""
        return LessonState.IDENTIFIED if self.kind is LessonKind.LESSON else ""


@dataclass(frozen=True)
class ActionDraft:
    """An action as a form describes it: owned by the person with ``owner`` as address, or by a city.

    ``starts_on`` and ``due_on`` are dates on the wall of the owner's city. Of a finding it has no origin,
    theme or marking of its own.
    """

    text: str
    due_on: date
    owner: str = ""
    owner_city_id: int | None = None
    starts_on: date | None = None
    theme_id: int | None = None
    cycle_id: int | None = None
    training_id: int | None = None
    marking: Marking = Marking.AMBER


@dataclass(frozen=True)
class UpdateDraft:
    """What an owner says of an action: its state, why or how it stands, and of what is done the evidence."""

    state: ActionState
    note: str = ""
    evidence: str = ""


def check_lesson(draft: LessonDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    for field, fault in (("title", "Give it a title."), ("text", "Say what was found, in some sentences.")):
        if not getattr(draft, field).strip():
            raise InvalidInput(fault, field=field)
    for field in ("title", "text", "source", "source_number"):
        refuse_state_secrets(getattr(draft, field), field=field)
    origins = [one for one in (draft.cycle_id, draft.training_id, draft.product_id) if one]
    if len(origins) > 1:
        raise InvalidInput(
            "It comes from one of them: an exchange, an event, or a product.", field="product_id"
        )
    if not origins and not draft.source.strip():
        raise InvalidInput(
            "Say where it comes from: an exchange, an event, a product, or the name of a document.",
            field="source",
        )
    if draft.source_link and not is_link(draft.source_link):
        raise InvalidInput("Give a link that begins with https://.", field="source_link")


def check_action(draft: ActionDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    if not draft.text.strip():
        raise InvalidInput("Say what is to be done, in one sentence.", field="text")
    refuse_state_secrets(draft.text, field="text")
    if bool(draft.owner.strip()) is bool(draft.owner_city_id):
        raise InvalidInput("Name who owns it: one person, or one city.", field="owner")
    check_day(draft.due_on, "due_on")
    if draft.starts_on is not None:
        check_day(draft.starts_on, "starts_on")
        if draft.starts_on > draft.due_on:
            raise InvalidInput("It starts on or before the day it is due.", field="starts_on")
    if draft.marking is Marking.RED:
        raise InvalidInput("An action at TLP:RED belongs to a finding that names people.", field="marking")
    if draft.cycle_id and draft.training_id:
        raise InvalidInput("It comes from an exchange or from an event, not from both.", field="training_id")


def checked_update(draft: UpdateDraft) -> UpdateDraft:
    """The draft without space around its texts. Raises InvalidInput at the field that cannot be right."""
    note = draft.note.strip()
    refuse_state_secrets(note, field="note")
    if draft.state is ActionState.VERIFIED:
        raise InvalidInput("Somebody else than its owner verifies it, on a page of its own.", field="state")
    if draft.state is ActionState.BLOCKED and not note:
        raise InvalidInput("Write what blocks it.", field="note")
    if draft.state is ActionState.DECLINED and not note:
        raise InvalidInput("Write why it is not done.", field="note")
    if draft.state is not ActionState.DONE:
        return UpdateDraft(draft.state, note)
    return UpdateDraft(draft.state, note, checked_link_or_sentence(draft.evidence))
