"""Letters about a person's own account: news of their second factor, a link that confirms that it is they.

Facts alone; who sends one brings its wording, and the link.
"""

from enum import StrEnum

from exchange.mail.writing.transactional_letters import CONFIRMING, SECOND_FACTOR, TransactionalLetter
from exchange.mail.writing.words import wording
from exchange.models import Person
from exchange.rules.sentences import Sentence


class FactorNews(StrEnum):
    """What happened to somebody's second factor; the letter has a sentence for each."""

    ADDED = "added"
    REMOVED = "removed"
    CODES = "codes"
    CODES_ENDED = "codes ended"
    CODE_USED = "code used"
    RESET = "reset"


_SAID = {
    FactorNews.ADDED: Sentence("A second factor was set up for your account."),
    FactorNews.REMOVED: Sentence("A second factor was removed from your account."),
    FactorNews.CODES: Sentence(
        "New recovery codes were made for your account. The earlier ones no longer work."
    ),
    FactorNews.CODES_ENDED: Sentence(
        "The secret key of this installation was changed, and your recovery codes no longer work. Your other"
        " second factors do: sign in and make new codes."
    ),
    FactorNews.CODE_USED: Sentence("A recovery code was used for your account."),
    FactorNews.RESET: Sentence(
        "Your second factor was reset, and all your sessions have ended. Sign in by letter and set up a new"
        " one."
    ),
}


def second_factor_letter(person: Person, news: FactorNews, link: str) -> TransactionalLetter:
    """What became of ``person``'s second factor; ``link`` is the page of their account."""
    said = wording(person.language).sentence(_SAID[news])
    facts: dict[str, object] = {"label": "", "name": person.name, "news": said, "link": link}
    return TransactionalLetter(SECOND_FACTOR, person.language, facts)


def confirming_letter(person: Person, link: str, *, minutes: int) -> TransactionalLetter:
    """The letter with a link that confirms in the session that asked, within ``minutes``, that it is they."""
    facts: dict[str, object] = {"label": "", "name": person.name, "link": link, "minutes": minutes}
    return TransactionalLetter(CONFIRMING, person.language, facts)
