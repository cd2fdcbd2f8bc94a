"""What is done with a request by who owes its answer: assign, more days, answer, refuse, release, revoke."""

from datetime import date, timedelta

from sqlmodel import Session

from exchange import audit
from exchange.access.product_things import about, thing_of_product
from exchange.errors import Conflict, InvalidInput
from exchange.models import NetworkRequest, Person, Product, ProductState, RequestState
from exchange.requests.actions import ENDED, note
from exchange.requests.letters import (
    By,
    forget_extension,
    queue_extension,
    queue_outcome,
    release_ends_at,
    release_link,
    token_of,
)
from exchange.requests.rules import rules_of
from exchange.rules.access.policy import is_red
from exchange.rules.duties.request_rules import RequestKind
from exchange.rules.markings.tlp_labels import Marking
from exchange.tokens import digest

EXTENDED_MOST = timedelta(days=366)  # by one decision; more is a slip of the keyboard
OPEN_OUTSIDE = (Marking.CLEAR, Marking.GREEN)  # above them a release needs a decision of its own


def claim(session: Session, asked: NetworkRequest, opened_version: int) -> None:
    """Raise Conflict when somebody changed the request since the page was opened, or it has ended."""
    audit.wait_for_turn(session)
    session.refresh(asked)
    if asked.state != RequestState.OPEN:
        raise Conflict(ENDED)
    _check_version(asked, opened_version)


def claim_released(session: Session, asked: NetworkRequest, opened_version: int) -> None:
    """The same for what was released and still opens."""
    audit.wait_for_turn(session)
    session.refresh(asked)
    if asked.release_digest is None or asked.revoked_at is not None:
        raise Conflict("Nothing is released by this request.")
    _check_version(asked, opened_version)


def assign(session: Session, asked: NetworkRequest, person: Person, by: By) -> None:
    """Give it to one coordinator, whose duty it is from now on."""
    asked.assigned_to_id = person.id
    note(session, asked, "assign", by, to=f"person:{person.id}")


def name_document(session: Session, asked: NetworkRequest, product: Product, by: By) -> None:
    """Say which product who asked means; of a report its originators owe the decision from now on."""
    asked.product_id, asked.assigned_to_id = product.id, None
    note(session, asked, "name document", by, product=f"product:{product.id}")


def extend(session: Session, asked: NetworkRequest, due_on: date, reason: str, by: By) -> None:
    """Promise a later day, which who asked reads in one letter.

    Raises InvalidInput, field "due_on", for one that is not later, or years away.
    """
    if due_on <= asked.due_on:
        raise InvalidInput("Give a day after the one that was promised.", field="due_on")
    if due_on > asked.due_on + EXTENDED_MOST:
        raise InvalidInput("Give a day within a year of the one that was promised.", field="due_on")
    before, asked.due_on = asked.due_on, due_on
    note(session, asked, "extend", by, text=reason, before=before.isoformat(), due_on=due_on.isoformat())
    queue_extension(session, asked, before, reason, by)


def answer(session: Session, asked: NetworkRequest, outcome: str, by: By) -> None:
    """It is done; who asked reads the outcome in one letter. Not for a report, which is released."""
    if asked.kind == RequestKind.REPORT:
        raise Conflict("A report is released or refused.")
    _decide(session, asked, RequestState.DONE, outcome, by)
    note(session, asked, "answer", by, text=outcome)
    queue_outcome(session, asked, "", by)


def refuse(session: Session, asked: NetworkRequest, reason: str, by: By) -> None:
    """It is not done, for a reason that who asked reads in one letter; the trail keeps it of a report."""
    _decide(session, asked, RequestState.REFUSED, reason, by)
    kept = {"reason": reason} if asked.kind == RequestKind.REPORT else {}
    note(session, asked, "refuse", by, text=reason, **kept)
    queue_outcome(session, asked, "", by)


def release(session: Session, asked: NetworkRequest, reason: str, *, is_explicit: bool, by: By) -> None:
    """Let who asked read the product that is out, through a link that ends.

    Raises Conflict without such a product, at TLP:RED, and without an explicit decision above TLP:GREEN.
    """
    product = asked.product
    if asked.kind != RequestKind.REPORT or product is None or product.state is not ProductState.PUBLISHED:
        raise Conflict("Say first which report it is: one that is out.")
    if is_red(thing_of_product(product, about(product))):
        raise Conflict("What is marked TLP:RED is released to nobody outside.")
    if product.published_marking not in OPEN_OUTSIDE and not is_explicit:
        raise InvalidInput(
            "This report is marked %(marking)s. Say that you release it all the same.",
            field="is_explicit",
            marking=product.published_marking,
        )
    _decide(session, asked, RequestState.DONE, reason, by)
    token = token_of(asked, by.settings, of_release=True)
    asked.release_digest = digest(token)
    asked.released_number = product.published_number
    asked.released_marking = product.published_marking
    asked.released_until = release_ends_at(by.now, rules_of(by.settings).release_days, asked.city.time_zone)
    marked = {"marking": product.published_marking, "version": product.published_number, "reason": reason}
    note(session, asked, "release", by, text=reason, product=f"product:{product.id}", **marked)
    queue_outcome(session, asked, release_link(token, by.settings), by)


def revoke(session: Session, asked: NetworkRequest, reason: str, by: By) -> None:
    """End the release before its day."""
    asked.revoked_at = by.now
    note(session, asked, "revoke", by, text=reason, reason=reason)


def _decide(session: Session, asked: NetworkRequest, state: RequestState, outcome: str, by: By) -> None:
    asked.state, asked.outcome = state, outcome
    asked.decided_at, asked.decided_by_id = by.now, by.actor.id if by.actor else None
    session.add(asked)
    forget_extension(session, asked)


def _check_version(asked: NetworkRequest, opened_version: int) -> None:
    if asked.version != opened_version:
        raise Conflict("Somebody changed this request since you opened it. Look at it again.")
