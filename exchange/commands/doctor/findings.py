"""How one part of an installation is, in a line. What is looked at stands in the files beside."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from exchange.errors import ExchangeError
from exchange.mail.wire.transport import Unreachable


@dataclass(frozen=True)
class Finding:
    """How one part is, in a few words."""

    part: str
    is_ok: bool
    words: str
    is_warning: bool = False  # nothing is broken, and something should be done

    def __str__(self) -> str:
        how = "warning" if self.is_warning else "ok" if self.is_ok else "not ok"
        return f"{how:8}{self.part}: {self.words}"


class NotWell(ExchangeError):
    """What is wrong with one part."""


class Unwise(ExchangeError):
    """What is not broken, and should be seen to."""


def finding(part: str, look: Callable[[], str]) -> Finding:
    """What ``look`` says when it is well, or what it raises."""
    try:
        return Finding(part, True, look())
    except Unwise as error:
        return Finding(part, True, str(error), is_warning=True)
    except (ExchangeError, SQLAlchemyError, Unreachable) as error:
        return Finding(part, False, " ".join(str(error).split()))
