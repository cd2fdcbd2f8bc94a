"""Letters that an action calls for and no plan: receipts, changes, sign-in links. Their rules and writing.

Whoever makes one brings its facts; nothing is stored or sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.writing.custom_wording import NO_WORDINGS, Wordings, edited_letter
from exchange.mail.writing.template_rendering import SEALED, written
from exchange.mail.writing.words import wording
from exchange.rules.programme.stage_plan import Anchor, LetterRule, MessageClass
from exchange.settings import Settings

# The key of each is its folder of templates/mail; the outbox knows some of them under one kind.
RECEIPT, PASSED_ON, MORE_DAYS = "receipt", "passed_on", "more_days"
MOVED, RESUMED, CANCELLED, POSTPONED = "change", "resumed", "cancelled", "postponed"
NOT_INVITED, NEW_ADDRESS, SIGNING_IN = "release", "new_address", "sign_in"
SECOND_FACTOR, CONFIRMING = "second_factor", "confirm_you"
WELCOME, FAREWELL = "welcome", "farewell"
EVENT_THANKS = "event_thanks"
OF_EVENTS = frozenset({EVENT_THANKS})  # about an event, so of no cycle
ASK, ASK_REMINDER = "ask", "ask_reminder"  # of questions that no stage plan asks
PRODUCT_REVIEW, PRODUCT_REMINDER, PRODUCT_OUT = "product_review", "product_reminder", "product_out"
OF_ASKS = frozenset({ASK, ASK_REMINDER})  # about a cycle, an event or a needs round
OF_PRODUCTS = frozenset({PRODUCT_REVIEW, PRODUCT_REMINDER, PRODUCT_OUT})  # of no cycle's own stages
YOUR_ACTIONS = "your_actions"  # of a cycle whose product is out
DUTIES = "duties"  # about all that its reader owes, and no one cycle
OF_MEMBERS = frozenset({WELCOME, FAREWELL})  # about no cycle, either
OF_ACCOUNTS = frozenset({SIGNING_IN, SECOND_FACTOR, CONFIRMING})  # about no cycle

_NAMES = {
    RECEIPT: "Receipt for an answer",
    PASSED_ON: "Answer passed to a deputy",
    MORE_DAYS: "More days to answer",
    MOVED: "Change of dates or place",
    RESUMED: "Resumption",
    CANCELLED: "Cancellation",
    POSTPONED: "Postponement",
    NOT_INVITED: "No longer invited",
    NEW_ADDRESS: "New address of a calendar",
    SIGNING_IN: "Sign-in link",
    SECOND_FACTOR: "Change of a second factor",
    CONFIRMING: "Link that confirms who is signed in",
    WELCOME: "First letter to somebody new",
    FAREWELL: "A city leaves",
    EVENT_THANKS: "Thanks to those who were at an event",
    DUTIES: "What you owe the network",
    ASK: "Questions to answer",
    ASK_REMINDER: "Answer that is missing",
    PRODUCT_REVIEW: "Review of a product",
    PRODUCT_REMINDER: "Review of a product, reminder",
    PRODUCT_OUT: "Product that is out",
    YOUR_ACTIONS: "Your actions",
}
TRANSACTIONAL_LETTERS = tuple(
    LetterRule(
        key=key,
        name=name,
        stage="",
        anchor=Anchor.STAGE_START,
        days=0,
        hours=0,
        audience=(),
        message_class=MessageClass.SERVICE,
    )
    for key, name in _NAMES.items()
)


@dataclass(frozen=True)
class TransactionalLetter:
    """One letter to one reader before it is put into words. ``key`` is also its wording's.

    ``is_sealed``: the marking lets it say nothing but that there is something to read, however it is worded.
    """

    key: str
    language: str
    facts: Mapping[str, object]
    cycle_id: int | None = None
    is_sealed: bool = False

    def written(self, settings: Settings, wordings: Wordings = NO_WORDINGS) -> ComposedLetter:
        """The letter as it was worded last for its cycle or the network, else as it comes."""
        words = wording(self.language)
        if self.is_sealed:
            return written(SEALED, self.facts, words, settings)
        edited = wordings.of(self.key, self.cycle_id)
        if edited:
            return edited_letter(edited, self.facts, words, settings)
        return written(self.key, self.facts, words, settings)
