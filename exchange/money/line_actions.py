"""What is done with lines, rates and balances: written once, taken back, decided. Commits nothing."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlmodel import Session, select

from exchange import audit
from exchange.audit import kept_text
from exchange.errors import InvalidInput
from exchange.lifecycle import needed
from exchange.models import Agreement, CurrencyRate, MoneyLine, YearEnd
from exchange.money import queries
from exchange.money.actions import Decider
from exchange.money.drafts import LineDraft, RateDraft, check_line, check_year
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.money.amounts import converted, rate_of
from exchange.rules.money.balances import Outcome
from exchange.rules.money.shares import implied_total
from exchange.rules.money.years import FinancialYear

_A_DAY = timedelta(days=1)


def add_line(session: Session, draft: LineDraft, *, by: Decider) -> MoneyLine:
    """A line, converted by the last rate of its day, which it keeps for good.

    Raises InvalidInput at "on" outside any agreement and in a year that is closed, at "currency" without a
    rate, and as drafts does.
    """
    audit.wait_for_turn(session)
    check_line(draft)
    refuse_state_secrets(draft.text, field="text")
    agreement = _agreement_for(session, draft.on)
    amount, city_id = draft.amount, draft.city_id
    if draft.is_share:
        amount, city_id = implied_total(amount, _share_in(agreement, city_id)), None
    elif city_id is not None:
        _share_in(agreement, city_id)
        _check_payer(agreement, draft)
    made = MoneyLine(
        kind=draft.kind,
        on_local=draft.on,
        text=draft.text.strip(),
        city_id=city_id,
        organisation_id=draft.organisation_id,
        amount=amount,
        currency=draft.currency,
        hours=draft.hours,
        host_amount=amount,
        host_currency=agreement.currency,
        decision_id=draft.decision_id,
        created_at=by.now,
    )
    _convert(session, made, draft)
    session.add(made)
    session.flush()
    _record(session, f"money line:{made.id}", "write money line", by, after=_facts(made))
    return made


def take_back_line(session: Session, line: MoneyLine, *, reason: str, by: Decider) -> None:
    """Take a wrong line out of all sums; it stays on record with the reason.

    Raises InvalidInput, field "reason", in a year that is closed.
    """
    audit.wait_for_turn(session)
    _check_open(session, line.on_local, "reason")
    refuse_state_secrets(reason, field="reason")
    line.taken_back_at, line.taken_back_why = by.now, needed(reason)
    session.flush()
    _record(session, f"money line:{line.id}", "take back money line", by, before=_facts(line), reason=reason)


def set_rate(session: Session, draft: RateDraft, *, by: Decider) -> CurrencyRate:
    """Record a rate, or put right that of its day; lines that were converted keep theirs.

    Raises InvalidInput at "currency" when both are one.
    """
    audit.wait_for_turn(session)
    if draft.currency is draft.host_currency:
        raise InvalidInput("A currency has no rate into itself.", field="currency")
    check_year(draft.on, "on")
    if not draft.source.strip():
        raise InvalidInput("Say whose rate it is.", field="source")
    found = session.exec(
        select(CurrencyRate).where(
            CurrencyRate.currency == draft.currency,
            CurrencyRate.host_currency == draft.host_currency,
            CurrencyRate.on_local == draft.on,
        )
    ).first()
    before = {"rate": found.rate, "source": kept_text(found.source)} if found else None
    row = found or CurrencyRate(
        currency=draft.currency, host_currency=draft.host_currency, on_local=draft.on, rate="", source=""
    )
    row.rate, row.source = f"{draft.rate:f}", draft.source.strip()
    session.add(row)
    session.flush()
    pair = {"from": str(row.currency), "into": str(row.host_currency), "on": row.on_local.isoformat()}
    after = {**pair, "rate": row.rate, "source": kept_text(row.source)}
    _record(session, f"rate:{row.id}", "set rate", by, before=before, after=after)
    return row


def close_year(
    session: Session, agreement: Agreement, year: FinancialYear, wanted: YearEnd, *, today: date, by: Decider
) -> YearEnd:
    """Decide what becomes of the balance of a year of the host: carried forward, or credited to payers.

    Of a year in whose midst the agreement begins or ends, its days in the agreement alone. ``wanted`` has
    outcome, reason and decision. Raises InvalidInput at "outcome" for a year that is not over, or closed, or
    has nothing to credit, and while lines before it are of a year that is not decided on.
    """
    audit.wait_for_turn(session)
    first_on, last_on = queries.days_of(agreement, year)
    if today <= last_on:
        raise InvalidInput("This year is not over yet.", field="outcome")
    closed = queries.last_closed_day(session)
    if closed is not None and closed >= last_on:
        raise InvalidInput("The balance of this year was decided on already.", field="outcome")
    if queries.lines_within(session, (closed or date.min) + _A_DAY, first_on - _A_DAY):
        raise InvalidInput("Decide first on the balance of the year before.", field="outcome")
    balance = queries.totals_of_year(session, agreement, year).balance
    if wanted.outcome == Outcome.CREDITED and balance <= 0:
        raise InvalidInput("There is nothing to credit: carry it forward.", field="outcome")
    refuse_state_secrets(wanted.reason, field="reason")
    wanted.reason = needed(wanted.reason)
    wanted.ends_on, wanted.balance, wanted.currency = last_on, balance, agreement.currency
    wanted.created_at = by.now
    session.add(wanted)
    session.flush()
    after = {
        "year": year.name,
        "outcome": str(wanted.outcome),
        "balance": balance,
        "currency": str(wanted.currency),
        "decision": wanted.decision_id,
    }
    _record(session, f"year end:{wanted.id}", "decide on balance", by, after=after, reason=wanted.reason)
    return wanted


def _agreement_for(session: Session, on: date) -> Agreement:
    found = queries.agreement_on(session, on)
    if found is None:
        raise InvalidInput("%(day)s lies in no year of any agreement.", field="on", day=on)
    _check_open(session, on, "on")
    return found


def _check_open(session: Session, on: date, field: str) -> None:
    closed = queries.last_closed_day(session)
    if closed is not None and on <= closed:
        raise InvalidInput(
            "The balance of that year was decided on: nothing changes up to %(day)s.", field=field, day=closed
        )


def _share_in(agreement: Agreement, city_id: int | None) -> int:
    share = next((one.share for one in agreement.parties if one.city_id == city_id), None)
    if share is None:
        raise InvalidInput("This city is no party of the agreement of that day.", field="payer")
    return share


def _check_payer(agreement: Agreement, draft: LineDraft) -> None:
    """A line of an organisation stands on its statement, so it must have one: it pays at some time."""
    payers = {
        payer.organisation_id
        for party in agreement.parties
        if party.city_id == draft.city_id
        for payer in party.payers
    }
    if draft.organisation_id is not None and draft.organisation_id not in payers:
        raise InvalidInput(
            "It pays nothing of this city's share in the agreement of that day.", field="payer"
        )


def _convert(session: Session, line: MoneyLine, draft: LineDraft) -> None:
    if line.currency == line.host_currency:
        return
    rate = queries.rate_on(session, draft.currency, line.host_currency, draft.on)
    if rate is None:
        raise InvalidInput(
            "There is no rate from %(currency)s to %(host)s of %(day)s or before. Record one first.",
            field="currency",
            currency=str(draft.currency),
            host=str(line.host_currency),
            day=draft.on,
        )
    line.rate, line.rate_on, line.rate_source = rate.rate, rate.on_local, rate.source
    line.host_amount = converted(line.amount, rate_of(rate.rate))


def _facts(line: MoneyLine) -> dict[str, object]:
    return {
        "kind": str(line.kind),
        "on": line.on_local.isoformat(),
        "text": kept_text(line.text),
        "amount": line.amount,
        "currency": str(line.currency),
        "hours": line.hours,
        "rate": line.rate,
        "in host currency": line.host_amount,
        "city": line.city_id,
        "organisation": line.organisation_id,
        "decision": line.decision_id,
    }


def _record(
    session: Session,
    subject: str,
    action: str,
    by: Decider,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=subject,
        before=before,
        after=after,
        reason=reason.strip(),
        now=by.now,
    )
