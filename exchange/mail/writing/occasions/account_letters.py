"""Letters about a person's own account: news of how they sign in, a link that confirms that it is they.

Facts alone; who sends one brings its wording, and the link.
"""

from enum import StrEnum

from exchange.mail.writing.transactional_letters import CONFIRMING, SECOND_FACTOR, TransactionalLetter
from exchange.mail.writing.words import wording
from exchange.models import Person
from exchange.rules.sentences import Sentence


class SignInNews(StrEnum):
    """What happened to how somebody signs in; the letter has a sentence for each."""

    ADDED = "added"
    REMOVED = "removed"
    CODES = "codes"
    CODES_ENDED = "codes ended"
    CODE_USED = "code used"
    RESET = "reset"
    PROVIDER_REMEMBERED = "provider remembered"
    PROVIDER_FORGOTTEN = "provider forgotten"


_SAID = {
    SignInNews.ADDED: Sentence("A second factor was set up for your account."),
    SignInNews.REMOVED: Sentence("A second factor was removed from your account."),
    SignInNews.CODES: Sentence(
        "New recovery codes were made for your account. The earlier ones no longer work."
    ),
    SignInNews.CODES_ENDED: Sentence(
        "The secret key of this installation was changed, and your recovery codes no longer work. Your other"
        " second factors do: sign in and make new codes."
    ),
    SignInNews.CODE_USED: Sentence("A recovery code was used for your account."),
    SignInNews.RESET: Sentence(
        "Your second factor was reset, and all your sessions have ended. Sign in by letter and set up a new"
        " one."
    ),
    SignInNews.PROVIDER_REMEMBERED: Sentence(
        "You signed in by an account at the identity provider for the first time. It signs you in from"
        " now on."
    ),
    SignInNews.PROVIDER_FORGOTTEN: Sentence("An account at the identity provider no longer signs you in."),
}


def second_factor_letter(person: Person, news: SignInNews, link: str) -> TransactionalLetter:
    """What became of how ``person`` signs in; ``link`` is the page of their account."""
    said = wording(person.language).sentence(_SAID[news])
    facts: dict[str, object] = {"label": "", "name": person.name, "news": said, "link": link}
    return TransactionalLetter(SECOND_FACTOR, person.language, facts)


def confirming_letter(person: Person, link: str, *, minutes: int) -> TransactionalLetter:
    """The letter with a link that confirms in the session that asked, within ``minutes``, that it is they."""
    facts: dict[str, object] = {"label": "", "name": person.name, "link": link, "minutes": minutes}
    return TransactionalLetter(CONFIRMING, person.language, facts)
