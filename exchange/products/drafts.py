"""What somebody typed as a product, as values, checked. No rows, no pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import parse_marking
from exchange.rules.typed_links import check_link

TEXT_MAX = 60_000  # characters; two to four pages have 6,000 to 16,000
CREDITS_MOST = 40  # people on one product
RECOMMENDATIONS_MOST = 60
YEAR_FIRST, YEAR_LAST = 1990, 2100


@dataclass(frozen=True)
class ProductDraft:
    """A version in the making, on the number of the one it was opened on; 0 when there was none.

    ``reason`` is needed for a lower marking than that one's: who agreed, and why.
    """

    opened_on: int
    title: str
    marking: str
    text: str
    named: tuple[str, ...] = ()
    reason: str = ""
    link: str = ""


@dataclass(frozen=True)
class CreditDraft:
    """Somebody to be named: ``who`` is the e-mail address of a person of the network, or a name."""

    who: str
    role: str
    organisation: str = ""
    interests: str = ""


@dataclass(frozen=True)
class DetailsDraft:
    """What a product says of itself beside its text.

    ``city_ids`` and ``group_ids`` None leave whom it is for.
    """

    kind: str
    year: int | None
    theme_ids: tuple[int, ...] = ()
    credits: tuple[CreditDraft, ...] = ()
    city_ids: tuple[int, ...] | None = None
    group_ids: tuple[int, ...] | None = None


@dataclass(frozen=True)
class RecommendationDraft:
    """One recommendation; ``number`` None takes the next that is free."""

    number: int | None
    text: str
    theme_id: int | None = None
    phase: str = ""


def checked_written(draft: ProductDraft, *, has_files: bool) -> None:
    """Raise InvalidInput, at its field, unless there is a text, a link or a file to read."""
    checked(draft)
    if not (draft.text.strip() or draft.link or has_files):
        raise InvalidInput("Nothing is written yet.", field="text")


def checked(draft: ProductDraft) -> None:
    """Raise InvalidInput, at its field, unless the draft can be kept: a title, a marking, no odd link."""
    if not draft.title:
        raise InvalidInput("Give it a title.", field="title")
    parse_marking(draft.marking)
    if draft.link:
        check_link(draft.link, "link")
    refuse_state_secrets(draft.text, field="text")
    refuse_state_secrets(draft.title, field="title")


def checked_details(draft: DetailsDraft) -> None:
    """Raise InvalidInput, at its field, for a year that cannot be, or too many people."""
    if draft.year is not None and not YEAR_FIRST <= draft.year <= YEAR_LAST:
        raise InvalidInput(
            "Give the year with four digits, from %(first)s to %(last)s.",
            field="year",
            first=YEAR_FIRST,
            last=YEAR_LAST,
        )
    for one in draft.credits:
        refuse_state_secrets(one.interests, field="credits")


def numbered(drafts: Sequence[RecommendationDraft]) -> dict[int, RecommendationDraft]:
    """The recommendations by their number, rows without text left out.

    Raises InvalidInput, field "recommendations", for a number that two have, or that is none.
    """
    written = [one for one in drafts if one.text]
    found: dict[int, RecommendationDraft] = {}
    for one in written:
        if one.number is None:
            continue
        if one.number < 1:
            raise InvalidInput("Numbers begin at 1.", field="recommendations")
        if one.number in found:
            raise InvalidInput("Number %(number)s stands twice.", field="recommendations", number=one.number)
        found[one.number] = one
    for one in written:
        refuse_state_secrets(one.text, field="recommendations")
        if one.number is None:
            found[max(found, default=0) + 1] = one
    return found
