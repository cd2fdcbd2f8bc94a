"""What a coordinator wants of a note, checked but not saved."""

from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.models import Role
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking


@dataclass(frozen=True)
class NoteDraft:
    """A note; the audience is the union of all that is chosen, by id and role.

    ``named`` are the addresses of who alone gets it at TLP:RED; None leaves who is named.
    """

    subject: str
    text: str
    marking: Marking
    is_urgent: bool = False
    city_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    board_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()
    roles: frozenset[Role] = frozenset()
    named: tuple[str, ...] | None = None

    @property
    def has_audience(self) -> bool:
        """Whether anything was chosen."""
        ids = self.city_ids | self.group_ids | self.board_ids | self.organisation_ids
        return bool(ids or self.roles)


def check_note(draft: NoteDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    if not draft.subject.strip():
        raise InvalidInput("Give the note a subject.", field="subject")
    if not draft.text.strip():
        raise InvalidInput("Write the note.", field="text")
    refuse_state_secrets(draft.subject, field="subject")
    refuse_state_secrets(draft.text, field="text")
    if not draft.has_audience and draft.marking is not Marking.RED:
        raise InvalidInput(
            "Choose whom it is for: at least one city, group, board, partner or role.", field="cities"
        )
