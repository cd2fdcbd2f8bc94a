"""What there is to read for an event, and whom to turn to at it: checked, and saved with its audit entry."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from exchange.audit import content_digest
from exchange.duties.prepared import Prepared
from exchange.errors import InvalidInput
from exchange.lifecycle import Change, record
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.models import TrainingLink
from exchange.preparation.actions import Decider, changed_row
from exchange.rules.evidence import checked_evidence
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking

LINKS_MOST = 5  # a read-ahead, a manual, a programme of the day, ...


@dataclass(frozen=True)
class LinkDraft:
    """One row of a form; all of it empty for none."""

    label: str
    url: str
    marking: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row; a marking alone is nothing."""
        return not self.label.strip() and not self.url.strip()


def set_reading(
    session: Session, found: Prepared, welfare: str, drafts: Sequence[LinkDraft], *, by: Decider
) -> None:
    """These links, and this text on whom to turn to; "" for the host city's own. Raises InvalidInput."""
    training, text = found.training, welfare.strip()
    refuse_state_secrets(text, field="welfare")
    links = [_checked(number, one) for number, one in enumerate(drafts, 1) if not one.is_empty]
    if training.marking != Marking.RED and any(one.marking == Marking.RED for one in links):
        raise InvalidInput("A link is TLP:RED only where its event is: give it to the people named by hand.")
    before = _facts(training.welfare, [LinkDraft(one.label, one.url, one.marking) for one in training.links])
    after = _facts(text, links)
    if before == after:
        return
    changed_row(session, found, by)
    training.welfare = text
    training.links = []
    session.flush()  # positions are unique: the old rows go before the new ones come
    training.links = [
        TrainingLink(
            training_id=found.event.id, position=n, label=one.label, url=one.url, marking=one.marking
        )
        for n, one in enumerate(links, 1)
    ]
    session.flush()
    change = Change("change what to read", by.actor, by.now, "")
    record(session, training, change, before=before, after=after)
    withdraw_waiting(session, training_id=found.event.id, why="Whom to turn to was changed.")


def _checked(number: int, draft: LinkDraft) -> LinkDraft:
    label = draft.label.strip()
    if not label:
        raise InvalidInput("Link %(number)s needs words that say what it is.", number=number)
    refuse_state_secrets(label, field="links")
    if draft.marking not in set(Marking):
        raise InvalidInput("Choose one of the markings for link %(number)s.", number=number)
    try:
        return LinkDraft(label, checked_evidence(draft.url), draft.marking)
    except InvalidInput as error:
        raise InvalidInput("Link %(number)s begins with https://.", number=number) from error


def _facts(welfare: str, links: Sequence[LinkDraft]) -> dict[str, object]:
    """As the trail keeps them: of texts that people wrote a digest."""
    told: dict[str, object] = {
        f"link {n}": content_digest([one.label, one.url, one.marking]) for n, one in enumerate(links, 1)
    }
    return told | ({"welfare": content_digest([welfare])} if welfare else {})
