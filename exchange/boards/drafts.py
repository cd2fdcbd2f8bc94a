"""What people want of meetings of boards and of decisions, checked but not saved. It knows no forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from exchange.errors import InvalidInput
from exchange.models import PublicationStatus, TrainingMode
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.time.timezones import WallTime, resolve
from exchange.rules.typed_links import is_link

FIRST_YEAR, LAST_YEAR = 2000, 2100  # a day outside is a slip of the keyboard
LENGTH_MIN_MINUTES, LENGTH_MAX_MINUTES = 15, 24 * 60  # a board that meets for longer meets twice
PAPERS_MOST = 10
BLANK_PAPERS = 3  # the rows that a form offers beside those that are filled
REFERENCE_MAX = 40  # characters: ADD2634, LFC-0712x-D
RECORD_MAX = 50_000  # characters of minutes
TEXT_MAX = 20_000  # characters of a decision


@dataclass(frozen=True)
class MeetingDraft:
    """A meeting as its form describes it: wall time in ``time_zone``.

    ``named`` are the addresses of who may know of it at TLP:RED; None leaves who is named.
    """

    title: str
    mode: TrainingMode
    on_local: date
    starts_local: time
    time_zone: str
    minutes: int
    marking: Marking
    place: str = ""
    join_link: str = ""
    agenda: str = ""
    named: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PaperDraft:
    """Something to read: a link, or a product by its id; all of it empty for none."""

    label: str
    url: str
    product_id: int | None
    marking: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed or chosen; a marking alone is nothing."""
        return not self.label.strip() and not self.url.strip() and self.product_id is None


@dataclass(frozen=True)
class MinutesDraft:
    """The minutes in Markdown; ``approved_on`` is a date on the meeting's wall."""

    text: str
    marking: Marking
    approved_on: date | None = None


@dataclass(frozen=True)
class DecisionDraft:
    """A decision as its form describes it; ``named`` as of a meeting."""

    reference: str
    title: str
    decided_on: date
    board_id: int
    marking: Marking
    meeting_id: int | None = None
    text: str = ""
    signed_on: date | None = None
    published_on: date | None = None
    publication_status: PublicationStatus = PublicationStatus.NOT
    link: str = ""
    theme_ids: frozenset[int] = frozenset()
    named: tuple[str, ...] | None = None


def check_meeting(draft: MeetingDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    if not draft.title.strip():
        raise InvalidInput("Give the meeting a title.", field="title")
    for field in ("title", "place", "agenda"):
        refuse_state_secrets(getattr(draft, field), field=field)
    _check_day(draft.on_local, "on")
    resolve(WallTime(draft.on_local, draft.starts_local, draft.time_zone))
    if not LENGTH_MIN_MINUTES <= draft.minutes <= LENGTH_MAX_MINUTES:
        raise InvalidInput("A meeting lasts from 15 minutes to a day (1440 minutes).", field="minutes")
    if draft.join_link and not draft.join_link.startswith("https://"):
        raise InvalidInput("A link for joining begins with https://.", field="join_link")


def checked_papers(drafts: Sequence[PaperDraft], meeting: Marking) -> list[PaperDraft]:
    """The rows that hold something, in order. Raises InvalidInput, field "papers", naming the row."""
    return [_paper(number, one, meeting) for number, one in enumerate(drafts, 1) if not one.is_empty]


def check_minutes(draft: MinutesDraft, held_on: date) -> None:
    """Raise InvalidInput for minutes without text, or approved before the meeting was held."""
    if not draft.text.strip():
        raise InvalidInput("Write the minutes.", field="text")
    refuse_state_secrets(draft.text, field="text")
    if draft.approved_on is not None and draft.approved_on < held_on:
        raise InvalidInput("They cannot be approved before the meeting was held.", field="approved_on")


def check_decision(draft: DecisionDraft) -> None:
    """Raise InvalidInput at the field that cannot be right, for all that the draft alone can tell."""
    if not draft.reference.strip():
        raise InvalidInput("Give the reference by which others name it, like ADD2634.", field="reference")
    if not draft.title.strip():
        raise InvalidInput("Say in a line what was decided.", field="title")
    for field in ("reference", "title", "text"):
        refuse_state_secrets(getattr(draft, field), field=field)
    _check_day(draft.decided_on, "decided_on")
    for name in ("signed_on", "published_on"):
        day = getattr(draft, name)
        if day is not None:
            _check_day(day, name)
    if draft.link and not is_link(draft.link):
        raise InvalidInput("A link begins with https://.", field="link")
    is_out = draft.publication_status is not PublicationStatus.NOT
    if draft.published_on is not None and not is_out:
        raise InvalidInput(
            "It has a day of publication: say whether in full or in part.", field="publication_status"
        )


def _check_day(on: date, field: str) -> None:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput(
            "Give a day between %(first)s and %(last)s.", field=field, first=FIRST_YEAR, last=LAST_YEAR
        )


def _paper(number: int, draft: PaperDraft, meeting: Marking) -> PaperDraft:
    def refused(words: str) -> InvalidInput:
        return InvalidInput(words, field="papers", number=number)

    if not draft.label.strip():
        raise refused("Paper %(number)s needs words that say what it is.")
    refuse_state_secrets(draft.label, field="papers")
    if draft.marking not in set(Marking):
        raise refused("Choose one of the markings for paper %(number)s.")
    if bool(draft.url.strip()) == (draft.product_id is not None):
        raise refused("Give paper %(number)s a link or a product, one of the two.")
    if draft.url.strip() and not is_link(draft.url.strip()):
        raise refused("The link of paper %(number)s begins with https://.")
    if Marking(draft.marking) is Marking.RED and rank(meeting) < rank(Marking.RED):
        raise refused("Paper %(number)s can be TLP:RED only where its meeting is.")
    return PaperDraft(draft.label.strip(), draft.url.strip(), draft.product_id, draft.marking)
