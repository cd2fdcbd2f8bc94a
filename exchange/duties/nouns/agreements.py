"""The duties of agreements: to agree on the next one, and to find who pays after a payer left."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.things import MONEY
from exchange.duties.listed import Listed, Window
from exchange.models import Agreement, AgreementParty, AgreementPayer
from exchange.rules.duties.duty import Duty
from exchange.rules.money.payers import PayerShare, gaps
from exchange.rules.money.renewals import AgreementFacts, GapFacts, gap_duties, renewal_duties

AGREEMENT, PAYER = "agreement", "payer"  # kinds of config/duties.toml
_A_DAY = timedelta(days=1)


def duties_of_agreements(session: Session, window: Window) -> Iterator[Listed]:
    """The reminders of each agreed agreement's end, and the parts of shares that have no payer."""
    agreed = agreements_with_payers(session)
    for one in agreed:
        facts = _facts(one, agreed)
        page = f"/money/agreements/{one.id}"
        yield from (Listed(duty, AGREEMENT, MONEY, page) for duty in renewal_duties(facts))
        yield from (Listed(duty, PAYER, MONEY, page) for duty in _gap_duties(one, facts))


def agreements_with_payers(session: Session) -> Sequence[Agreement]:
    """The agreements that are agreed, a handful, in the order of their days."""
    payers = selectinload(Agreement.parties).selectinload(AgreementParty.payers)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(Agreement)
        .where(col(Agreement.agreed_on).is_not(None))
        .options(
            joinedload(Agreement.host_city),  # type: ignore[arg-type]  # as above
            selectinload(Agreement.parties).joinedload(AgreementParty.city),  # type: ignore[arg-type]  # as above
            payers.joinedload(AgreementPayer.organisation),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Agreement.starts_on))
    ).all()


def _facts(one: Agreement, agreed: Sequence[Agreement]) -> AgreementFacts:
    return AgreementFacts(
        id=one.id or 0,
        title=one.title,
        ends_on=one.ends_on,
        time_zone=one.host_city.time_zone,
        city_ids=[party.city_id for party in one.parties],
        board_id=one.board_id,
        followed_at=_followed_at(one, agreed),
    )


def _followed_at(one: Agreement, agreed: Sequence[Agreement]) -> datetime | None:
    """When the agreement that begins the day after this one ends was agreed."""
    return next((each.agreed_at for each in agreed if each.starts_on == one.ends_on + _A_DAY), None)


def _gap_duties(one: Agreement, facts: AgreementFacts) -> Iterator[Duty]:
    for party in one.parties:
        names = {payer.id: payer.organisation.name for payer in party.payers}
        for gap in gaps(payer_shares(party), one.starts_on, one.ends_on):
            left = ", ".join(names[key] for key in gap.left)
            yield from gap_duties(facts, GapFacts(party.id or 0, party.city_id, party.city.name, gap, left))


def payer_shares(party: AgreementParty) -> tuple[PayerShare, ...]:
    """A city's payers as values, by the ids of their rows; needs them loaded."""
    return tuple(
        PayerShare(payer.id or 0, payer.share, payer.starts_on, payer.ends_on) for payer in party.payers
    )
