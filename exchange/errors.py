"""What can go wrong, said to the person concerned.

No error codes and no HTTP numbers: app.py maps each class to a page once.
"""


class ExchangeError(Exception):
    """A refusal with a sentence for a person.

    ``template`` is the English sentence with ``%(name)s`` places, so that a page
    can translate it; ``values`` fills the places; ``str()`` is the sentence.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


class InvalidInput(ExchangeError):
    """Something typed or loaded cannot be right; ``field`` names where it stands, None for all of it."""

    def __init__(self, template: str, field: str | None = None, **values: object) -> None:
        super().__init__(template, **values)
        self.field = field


class NotFound(ExchangeError):
    """What was asked for is not there, or not for this reader."""


class Forbidden(ExchangeError):
    """The person is known and may not do this."""


class Conflict(ExchangeError):
    """The action was done already, or the thing changed meanwhile."""


class ConfigurationError(ExchangeError):
    """A setting or a configuration file keeps the product from starting."""


class WrongSchema(ConfigurationError):
    """The tables are those of another version; the sentence names the command that mends it."""
