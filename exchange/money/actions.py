"""What is done with agreements and payers, each with its audit entry. Commits nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from exchange import audit
from exchange.audit import kept_text
from exchange.duties.nouns.agreements import payer_shares
from exchange.errors import InvalidInput
from exchange.mail.outbox.letter_queue import DUTIES
from exchange.mail.outbox.withdrawals import withdraw_kinds
from exchange.models import Agreement, AgreementParty, AgreementPayer, Person
from exchange.money.drafts import AgreementDraft, PartyDraft, PayerDraft, check_agreement
from exchange.money.queries import lines_within
from exchange.rules.money.payers import PayerShare, check_payers

_A_DAY = timedelta(days=1)
_FAR = 1_000  # added to positions while they change, so that no two are alike on the way


@dataclass(frozen=True)
class Decider:
    """Who decides, and when."""

    actor: Person
    now: datetime


def open_agreement(
    session: Session, draft: AgreementDraft, *, by: Decider, after: Agreement | None = None
) -> Agreement:
    """A new agreement; of the one that it follows it takes over who pays on the last day.

    Raises InvalidInput (see drafts), also where it overlaps another.
    """
    audit.wait_for_turn(session)
    check_agreement(draft)
    _check_is_free(session, draft, None)
    made = Agreement(created_at=by.now, **_columns(draft))  # type: ignore[arg-type]  # columns by their names
    made.agreed_at = by.now if draft.agreed_on else None
    made.parties = [_party(place, one) for place, one in enumerate(draft.parties, 1)]
    if after is not None:
        _take_over_payers(made, after)
    session.add(made)
    session.flush()
    _record(session, made, "write agreement", by, after=_facts(draft))
    _take_back_letters(session)
    return made


def edit_agreement(
    session: Session, agreement: Agreement, draft: AgreementDraft, *, reason: str, by: Decider
) -> None:
    """Make the agreement what the draft says. Raises InvalidInput, also where a line would lose its year."""
    audit.wait_for_turn(session)
    check_agreement(draft)
    _check_is_free(session, draft, agreement.id)
    _check_lines_stay(session, agreement, draft)
    before = _facts(draft_of(agreement))
    if before == _facts(draft):
        return
    was_agreed = agreement.agreed_on
    for name, value in _columns(draft).items():
        setattr(agreement, name, value)
    if bool(was_agreed) != bool(draft.agreed_on):
        agreement.agreed_at = by.now if draft.agreed_on else None
    _set_parties(session, agreement, draft.parties)
    for party in agreement.parties:
        check_payers(payer_shares(party), draft.starts_on, draft.ends_on)
    agreement.version += 1
    after = _facts(draft)
    changed = [name for name in after if before[name] != after[name]]
    _record(
        session,
        agreement,
        "edit agreement",
        by,
        {name: before[name] for name in changed},
        {name: after[name] for name in changed},
        reason,
    )
    _take_back_letters(session)


def set_payers(
    session: Session, party: AgreementParty, payers: Sequence[PayerDraft], *, reason: str, by: Decider
) -> None:
    """Who pays the city's share. Raises InvalidInput, field "payers"."""
    audit.wait_for_turn(session)
    agreement = party.agreement
    shares = [PayerShare(place, one.share, one.starts_on, one.ends_on) for place, one in enumerate(payers)]
    check_payers(shares, agreement.starts_on, agreement.ends_on)
    _check_payers_stay(session, party, {one.organisation_id for one in payers})
    before = _payer_facts(party)
    party.payers.clear()
    session.flush()
    party.payers = [_payer(place, one) for place, one in enumerate(payers, 1)]
    agreement.version += 1
    session.flush()
    after = _payer_facts(party)
    if before != after:
        city = {"city": party.city_id}
        _record(
            session,
            agreement,
            "set payers",
            by,
            {**city, "payers": before},
            {**city, "payers": after},
            reason,
        )
        _take_back_letters(session)


def draft_of(agreement: Agreement) -> AgreementDraft:
    """The agreement as it stands; needs its parties."""
    return AgreementDraft(
        parties=tuple(PartyDraft(one.city_id, one.share, one.year_begins) for one in agreement.parties),
        **{name: getattr(agreement, name) for name in _COLUMNS},
    )


_COLUMNS = (
    *("title", "host_organisation_id", "host_city_id", "board_id", "decision_id", "starts_on", "ends_on"),
    *("notice_months", "currency", "in_whole_units", "link", "agreed_on"),
)


def _columns(draft: AgreementDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in _COLUMNS} | {"currency": str(draft.currency)}


def _facts(draft: AgreementDraft) -> dict[str, object]:
    """What the trail keeps: days as text, of the title its digest, and cities with their shares."""
    shares = [[one.city_id, one.share, one.year_begins] for one in draft.parties]
    days = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in _columns(draft).items()
    }
    return days | {"title": kept_text(draft.title), "link": kept_text(draft.link), "shares": shares}


def _payer_facts(party: AgreementParty) -> list[list[object]]:
    return [
        [
            one.organisation_id,
            one.share,
            *(on.isoformat() if on else "" for on in (one.starts_on, one.ends_on)),
        ]
        for one in party.payers
    ]


def _party(place: int, draft: PartyDraft) -> AgreementParty:
    return AgreementParty(  # type: ignore[call-arg]  # the relationship sets its agreement
        position=place, city_id=draft.city_id, share=draft.share, year_begins=draft.year_begins
    )


def _payer(place: int, draft: PayerDraft) -> AgreementPayer:
    return AgreementPayer(  # type: ignore[call-arg]  # the relationship sets its party
        position=place,
        organisation_id=draft.organisation_id,
        share=draft.share,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
    )


def _take_over_payers(made: Agreement, last: Agreement) -> None:
    """Of each city those who pay on the last day of the last agreement, where they pay all of its share."""
    for party in made.parties:
        before = next((one for one in last.parties if one.city_id == party.city_id), None)
        held = (
            [
                PayerDraft(one.organisation_id, one.share)
                for one, share in zip(before.payers, payer_shares(before), strict=True)
                if share.holds_on(last.ends_on)
            ]
            if before
            else []
        )
        if sum(one.share for one in held) == 1_000_000:
            party.payers = [_payer(place, one) for place, one in enumerate(held, 1)]


def _set_parties(session: Session, agreement: Agreement, wanted: Sequence[PartyDraft]) -> None:
    """The cities in their new order; one that stays keeps its payers."""
    kept = {one.city_id: one for one in agreement.parties}
    for one in agreement.parties:
        one.position += _FAR
    agreement.parties = [one for one in agreement.parties if one.city_id in {each.city_id for each in wanted}]
    session.flush()
    for place, draft in enumerate(wanted, 1):
        row = kept.get(draft.city_id)
        if row is None:
            agreement.parties.append(_party(place, draft))
        else:
            row.position, row.share, row.year_begins = place, draft.share, draft.year_begins
    session.flush()
    session.refresh(agreement, ["parties"])


def _check_is_free(session: Session, draft: AgreementDraft, own_id: int | None) -> None:
    for one in session.exec(select(Agreement).order_by(col(Agreement.starts_on))):
        if one.id != own_id and one.starts_on <= draft.ends_on and draft.starts_on <= one.ends_on:
            raise InvalidInput(
                "It overlaps %(title)s, which goes from %(first)s to %(last)s.",
                field="starts_on",
                title=one.title,
                first=one.starts_on,
                last=one.ends_on,
            )


def _check_lines_stay(session: Session, agreement: Agreement, draft: AgreementDraft) -> None:
    """No line that lies in the agreement may lie outside afterwards, change currency or lose its city."""
    lines = lines_within(session, agreement.starts_on, agreement.ends_on)
    if not agreement.agreed_on or not lines:
        return
    days = [one.on_local for one in lines]
    if draft.agreed_on is None:
        raise InvalidInput("There are lines of money in it: it stays agreed.", field="agreed_on")
    if draft.currency != agreement.currency:
        raise InvalidInput("There are lines of money in it: its currency stays.", field="currency")
    cities = {one.city_id for one in draft.parties}
    gone = next((one.city for one in lines if one.city and one.city_id not in cities), None)
    if gone is not None:
        raise InvalidInput(
            "There are lines of money of %(city)s: it stays a party.", field="parties", city=gone.name
        )
    if min(days) < draft.starts_on or max(days) > draft.ends_on:
        field = "starts_on" if min(days) < draft.starts_on else "ends_on"
        raise InvalidInput("A line of money would lie outside any agreement then.", field=field)


def _check_payers_stay(session: Session, party: AgreementParty, wanted: Collection[int]) -> None:
    """Whoever has lines keeps its statement: it is given a last day, and not taken out."""
    for one in lines_within(session, party.agreement.starts_on, party.agreement.ends_on):
        if one.city_id == party.city_id and one.organisation and one.organisation_id not in wanted:
            raise InvalidInput(
                "There are lines of money of %(payer)s: give it a last day instead.",
                field="payers",
                payer=one.organisation.name,
            )


def _take_back_letters(session: Session) -> None:
    """Take back what waits to tell people of duties: the next tick writes anew what still holds."""
    withdraw_kinds(session, (DUTIES,), cycle_id=None, why="An agreement was changed.")


def _record(
    session: Session,
    agreement: Agreement,
    action: str,
    by: Decider,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    session.flush()
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=f"agreement:{agreement.id}",
        before=before,
        after=after,
        reason=reason.strip(),
        now=by.now,
    )
