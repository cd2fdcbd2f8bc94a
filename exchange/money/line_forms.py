"""Forms of lines, rates and balances: from typed text to drafts. They save nothing."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.errors import InvalidInput
from exchange.models import Agreement, YearEnd
from exchange.money.drafts import LineDraft, RateDraft
from exchange.money.forms import CURRENCIES, party_chosen, party_value
from exchange.money.words import LINE_KINDS, OUTCOMES
from exchange.rules.money.amounts import Currency, amount_of, rate_of
from exchange.rules.money.balances import LineKind
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.decision_choices import chosen_decision, decision_field
from exchange.web.presentation.form_fields import REASON_MAX, choices, date_field, given


class LineForm(BaseForm):
    """One line of money."""

    kind = SelectField(
        _l("Kind"), choices=lambda: choices((one.value, words) for one, words in LINE_KINDS.items())
    )
    on = date_field(_l("Day"))
    text = StringField(
        _l("What it is for"),
        filters=[stripped],
        validators=[InputRequired(_l("Say what it is for.")), one_line()],
    )
    amount = StringField(_l("Amount"), filters=[stripped], validators=[one_line(30)])
    currency = SelectField(_l("Currency"), choices=CURRENCIES, default=Currency.GBP.value)
    hours = StringField(_l("Hours of work in kind"), filters=[stripped], validators=[one_line(20)])
    payer = SelectField(_l("City or payer"))
    is_share = BooleanField(_l("The amount is this city's share of the budget"))
    decision_id = decision_field()

    def offer(self, agreements: Iterable[Agreement]) -> None:
        """Fill the list of who pays."""
        self.payer.choices = choices([("", _("None")), *payers_of(agreements)])

    def draft(self) -> LineDraft:
        """What was typed. Raises InvalidInput at the field that cannot be read."""
        city_id, organisation_id = party_chosen(self.payer.data)
        return LineDraft(
            kind=LineKind(self.kind.data),
            on=given(self.on.data),
            text=self.text.data,
            amount=amount_of(self.amount.data) if self.amount.data else 0,
            currency=Currency(self.currency.data),
            city_id=city_id,
            organisation_id=organisation_id,
            hours=hours_of(self.hours.data),
            decision_id=chosen_decision(self.decision_id),
            is_share=self.is_share.data,
        )


class RateForm(BaseForm):
    """What one unit of a currency is worth in that of the agreement."""

    currency = SelectField(_l("Currency"), choices=CURRENCIES, default=Currency.SEK.value)
    host_currency = SelectField(_l("Into"), choices=CURRENCIES, default=Currency.GBP.value)
    on = date_field(_l("Day"))
    rate = StringField(
        _l("Rate"), filters=[stripped], validators=[InputRequired(_l("Give the rate.")), one_line(30)]
    )
    source = StringField(
        _l("Source"), filters=[stripped], validators=[InputRequired(_l("Say whose rate it is.")), one_line()]
    )

    def draft(self) -> RateDraft:
        """What was typed. Raises InvalidInput, field "rate"."""
        return RateDraft(
            Currency(self.currency.data),
            Currency(self.host_currency.data),
            given(self.on.data),
            rate_of(self.rate.data),
            self.source.data,
        )


class WhyForm(BaseForm):
    """The reason for which a line is taken back."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[InputRequired(_l("Write the reason: it is kept for good.")), some_text(REASON_MAX)],
    )


class CloseForm(WhyForm):
    """What becomes of the balance of a year."""

    outcome = SelectField(
        _l("The balance is"), choices=lambda: choices((one.value, words) for one, words in OUTCOMES.items())
    )
    decision_id = decision_field()

    def wanted(self) -> YearEnd:
        """What was chosen; the action adds the year and its balance."""
        return YearEnd(  # type: ignore[call-arg]  # as said
            outcome=self.outcome.data,
            reason=self.reason.data,
            decision_id=chosen_decision(self.decision_id),
        )


def payers_of(agreements: Iterable[Agreement]) -> Sequence[tuple[str, str]]:
    """Every city of agreements and every organisation that pays for one, as options of a list."""
    found: dict[str, str] = {}
    for one in agreements:
        for party in one.parties:
            found[party_value(party.city_id, None)] = party.city.name
            for payer in party.payers:
                name = f"{party.city.name}: {payer.organisation.name}"
                found[party_value(party.city_id, payer.organisation_id)] = name
    return sorted(found.items(), key=lambda pair: pair[1])


def hours_of(text: str, field: str = "hours") -> int | None:
    """Typed hours in hundredths: "7.5"; None for nothing typed. Raises InvalidInput at ``field``."""
    try:
        return amount_of(text) if text else None
    except InvalidInput as error:
        raise InvalidInput("Give hours like 7.5.", field=field) from error
