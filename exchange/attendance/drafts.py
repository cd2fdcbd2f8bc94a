"""What somebody notes of who was there, checked but not saved. It knows neither forms nor the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.models import Presence

OTHERS_MOST = 20  # rows of people whom nobody here knows
ADDED_MOST = 50  # people who came without an invitation
PEOPLE_MOST = 1_000  # of one city and sector at one meeting


@dataclass(frozen=True)
class Unnamed:
    """How many of one city and sector were there of whom no more is known; ``sector`` "" for not known."""

    city_id: int
    sector: str
    presence: Presence
    people: int


@dataclass(frozen=True)
class SheetDraft:
    """Who was there: the people offered who were ticked, those added by address, and the unnamed.

    ``seen`` is the newest row that the page showed: who said since that they are there, stays.
    """

    present: Mapping[int, Presence]
    added: Mapping[str, Presence]
    unnamed: Sequence[Unnamed]
    seen: int

    def checked(self) -> "SheetDraft":
        """The draft itself. Raises InvalidInput for too many people, and for two rows of the same kind."""
        if len(self.added) > ADDED_MOST:
            raise InvalidInput(
                "At most %(most)s people can be added at once.", field="added", most=ADDED_MOST
            )
        kinds = [(one.city_id, one.sector, one.presence) for one in self.unnamed]
        if len(set(kinds)) < len(kinds):
            raise InvalidInput(
                "Two rows are about the same city and sector: put them together.", field="others"
            )
        return self
