"""What people want of projects and what these hand over, checked but not saved. It knows no forms."""

from dataclasses import dataclass
from datetime import date

from exchange.errors import InvalidInput
from exchange.models import ProjectSource
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking

FIRST_YEAR, LAST_YEAR = 2018, 2100  # a day outside is a slip of the keyboard
TEXT_MAX = 300  # characters of a deliverable: one sentence
_SOURCE_FIELDS = {  # where each source is named
    ProjectSource.NEED: "need_id",
    ProjectSource.FINDING: "lesson_id",
    ProjectSource.COMMISSION: "commission",
    ProjectSource.DECISION: "decision_id",
}


@dataclass(frozen=True)
class ProjectDraft:
    """A project as a form describes it, led by a city or by an organisation.

    Of the four sources the one that ``source`` names counts. ``named`` are the addresses of who may know of
    it at TLP:RED; None leaves who is named.
    """

    name: str
    source: ProjectSource
    starts_on: date
    ends_on: date | None = None
    funder: str = ""
    text: str = ""
    need_id: int | None = None
    lesson_id: int | None = None
    decision_id: int | None = None
    commission: str = ""
    lead_city_id: int | None = None
    lead_organisation_id: int | None = None
    marking: Marking = Marking.AMBER
    partner_ids: frozenset[int] = frozenset()
    theme_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    training_ids: frozenset[int] = frozenset()
    named: tuple[str, ...] | None = None

    def columns(self) -> dict[str, object]:
        """What the row has by name: of the sources the one chosen alone."""
        chosen = _SOURCE_FIELDS[self.source]
        sources: dict[str, object] = {
            "need_id": None,
            "lesson_id": None,
            "decision_id": None,
            "commission": "",
        }
        value = getattr(self, chosen)
        return {
            "name": self.name.strip(),
            "funder": self.funder.strip(),
            "text": self.text.strip(),
            "source": self.source.value,
            **sources,
            chosen: value.strip() if isinstance(value, str) else value,
            "lead_city_id": self.lead_city_id,
            "lead_organisation_id": self.lead_organisation_id,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "marking": self.marking.value,
        }


@dataclass(frozen=True)
class DeliverableDraft:
    """What is handed over by a day on the wall of the owner's city: of the person with ``owner`` as address,
    or of a city. ``withdrawn_reason`` says why nobody owes it any more."""

    text: str
    due_on: date
    owner: str = ""
    owner_city_id: int | None = None
    withdrawn_reason: str = ""


def check_project(draft: ProjectDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    if not draft.name.strip():
        raise InvalidInput("Give the project a name.", field="name")
    for field in ("name", "funder", "text", "commission"):
        refuse_state_secrets(getattr(draft, field), field=field)
    field = _SOURCE_FIELDS[draft.source]
    value = getattr(draft, field)
    if not (value.strip() if isinstance(value, str) else value):
        raise InvalidInput("Name where the project comes from.", field=field)
    if bool(draft.lead_city_id) is bool(draft.lead_organisation_id):
        raise InvalidInput("Name who leads it: one city, or one organisation.", field="lead_city_id")
    check_day(draft.starts_on, "starts_on")
    if draft.ends_on is not None:
        check_day(draft.ends_on, "ends_on")
        if draft.ends_on < draft.starts_on:
            raise InvalidInput("It ends on or after the day it starts.", field="ends_on")


def check_deliverable(draft: DeliverableDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    if not draft.text.strip():
        raise InvalidInput("Say what is handed over, in one sentence.", field="text")
    for field in ("text", "withdrawn_reason"):
        refuse_state_secrets(getattr(draft, field), field=field)
    if bool(draft.owner.strip()) is bool(draft.owner_city_id):
        raise InvalidInput("Name who owes it: one person, or one city.", field="owner")
    check_day(draft.due_on, "due_on")


def check_day(on: date, field: str) -> None:
    """Raise InvalidInput for a year in which nobody plans."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput(
            "Choose a year between %(first)s and %(last)s.", field=field, first=FIRST_YEAR, last=LAST_YEAR
        )
