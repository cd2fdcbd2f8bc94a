"""How somebody's data are taken along: what goes along, and how it is left out. It loads nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from exchange.access.kept_back import KeptBack
from exchange.access.things import thing_about
from exchange.models import BoardMeeting, Subject
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Thing
from exchange.rules.markings.tlp_labels import Marking

Row = dict[str, object]
LEFT_OUT = "left out: it is read on its page"


@dataclass(frozen=True)
class Taking:
    """How somebody's data are taken along, and how whoever takes it stands.

    Of ``closed`` markings no title and no text goes along; of what is ``kept`` back from whoever takes it,
    no row. ``is_own``: the person takes it along themselves, and with it what they need at events, which
    who administers does not read.
    """

    closed: Collection[Marking]
    kept: KeptBack
    standing: Standing
    is_own: bool

    def title(self, about: Subject) -> str:
        """The title, as far as whoever takes it along may know of it now."""
        return self.title_of(about, thing_about(about))

    def title_of(self, about: Subject | BoardMeeting, thing: Thing) -> str:
        """The same of a thing that rights are asked about by itself."""
        is_known = about.marking not in self.closed and may(self.standing, Right.READ, thing)
        return about.title if is_known else LEFT_OUT

    def leaves_out(self, marking: str) -> bool:
        """Whether not even a row of that marking goes along: what is for named people is in nobody else's."""
        return not self.is_own and marking == Marking.RED


def instant_text(at: datetime | None) -> str:
    """The instant in UTC (ISO 8601), "" for none."""
    return at.astimezone(UTC).isoformat() if at else ""
