"""Why nobody was signed in by an identity provider. Loads without the extra `sso`."""

from exchange.errors import ExchangeError


class ProviderAway(ExchangeError):
    """The identity provider could not be asked; the sentence is for whoever runs this installation."""


class SignInRefused(ExchangeError):
    """Somebody came back and is not signed in; ``why`` is for the trail, ``person_id`` whose it was."""

    def __init__(self, template: str, *, why: str, person_id: int | None = None) -> None:
        super().__init__(template)
        self.why, self.person_id = why, person_id


def not_believed(why: str) -> SignInRefused:
    """What came from the identity provider does not hold; one sentence, whatever is wrong with it."""
    return SignInRefused(
        "What the identity provider sent could not be believed, so you are not signed in. Try again;"
        " if it happens again, tell the network coordinator.",
        why=why,
    )
