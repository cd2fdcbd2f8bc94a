"""Forms of agreements and of who pays: from typed text to drafts. They save nothing."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Form, FormField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from exchange.errors import InvalidInput
from exchange.models import Agreement, AgreementParty
from exchange.money.drafts import AgreementDraft, PartyDraft, PayerDraft
from exchange.money.queries import Offered
from exchange.money.words import MONTHS
from exchange.rules.money.amounts import Currency
from exchange.rules.money.shares import percent_text, share_of
from exchange.web.presentation.base_form import one_line, stripped
from exchange.web.presentation.decision_choices import chosen_decision, decision_field
from exchange.web.presentation.form_fields import (
    LINK_MAX,
    VersionedForm,
    WholeNumberField,
    choices,
    date_field,
    given,
    reason_field,
)
from exchange.web.presentation.row_fields import RowsField

ROWS_MAX = 12  # cities of an agreement, payers of a city
BLANK_ROWS = 2  # rows to fill in; there are as many again after saving
CURRENCIES = choices((one.value, one.value) for one in Currency)


class PartyRow(Form):
    """A city with its share; a row without a city is none."""

    city_id = SelectField(_l("City"), coerce=int, default=0)
    share = StringField(_l("Share in per cent"), filters=[stripped], validators=[one_line(20)])
    year_begins = SelectField(
        _l("Its year begins in"), coerce=int, default=4, choices=lambda: choices(MONTHS.items())
    )


class PayerRow(Form):
    """An organisation with its share and days; a row without an organisation is none."""

    organisation_id = SelectField(_l("Organisation"), coerce=int, default=0)
    share = StringField(_l("Share in per cent"), filters=[stripped], validators=[one_line(20)])
    starts_on = DateField(_l("From"), validators=[Optional()])
    ends_on = DateField(_l("To"), validators=[Optional()])


class AgreementForm(VersionedForm):
    """An agreement of some cities for some years."""

    title = StringField(
        _l("Title"), filters=[stripped], validators=[InputRequired(_l("Give it a title.")), one_line()]
    )
    host_organisation_id = SelectField(_l("Organisation that holds the money"), coerce=int)
    host_city_id = SelectField(_l("City that hosts"), coerce=int)
    board_id = SelectField(_l("Board that agrees"), coerce=int, default=0)
    starts_on = date_field(_l("From"))
    ends_on = date_field(_l("To"))
    notice_months = WholeNumberField(
        _l("Notice in months"),
        default=6,
        validators=[InputRequired(_l("Give whole months from 0 to 60.")), NumberRange(0, 60)],
    )
    currency = SelectField(_l("Currency"), choices=CURRENCIES, default=Currency.GBP.value)
    in_whole_units = BooleanField(_l("Contributions are asked in whole pounds, kronor or dollars"))
    decision_id = decision_field()
    link = StringField(_l("Link to the document"), filters=[stripped], validators=[one_line(LINK_MAX)])
    agreed_on = date_field(_l("Agreed on"), is_needed=False)
    parties = RowsField(FormField(PartyRow), min_entries=BLANK_ROWS + 1, max_entries=ROWS_MAX)
    reason = reason_field()

    def offer(self, found: Offered) -> None:
        """Fill the lists to choose from, but for decisions."""
        self.host_organisation_id.choices = choices(found.organisations)
        self.host_city_id.choices = choices(found.cities)
        self.board_id.choices = choices([(0, _("None")), *found.boards])
        for row in self.parties:
            row.form.city_id.choices = choices([(0, _("None")), *found.cities])

    def draft(self) -> AgreementDraft:
        """What was typed. Raises InvalidInput, field "parties", for a share that is none."""
        rows = [row.form for row in self.parties if row.form.city_id.data]
        return AgreementDraft(
            title=self.title.data,
            host_organisation_id=self.host_organisation_id.data,
            host_city_id=self.host_city_id.data,
            board_id=self.board_id.data or None,
            decision_id=chosen_decision(self.decision_id),
            starts_on=given(self.starts_on.data),
            ends_on=given(self.ends_on.data),
            notice_months=given(self.notice_months.data),
            currency=Currency(self.currency.data),
            in_whole_units=self.in_whole_units.data,
            link=self.link.data,
            agreed_on=self.agreed_on.data,
            parties=tuple(
                PartyDraft(row.city_id.data, share_of(row.share.data, "parties"), row.year_begins.data)
                for row in rows
            ),
        )


class PayersForm(VersionedForm):
    """Who pays a city's share."""

    payers = RowsField(FormField(PayerRow), min_entries=BLANK_ROWS, max_entries=ROWS_MAX)
    reason = reason_field()

    def offer(self, found: Offered) -> None:
        """Fill the lists to choose from."""
        for row in self.payers:
            row.form.organisation_id.choices = choices([(0, _("None")), *found.organisations])

    def drafts(self) -> list[PayerDraft]:
        """What was typed. Raises InvalidInput, field "payers", for a share that is none."""
        rows = [row.form for row in self.payers if row.form.organisation_id.data]
        return [
            PayerDraft(
                row.organisation_id.data,
                share_of(row.share.data, "payers"),
                row.starts_on.data,
                row.ends_on.data,
            )
            for row in rows
        ]


def typed_agreement(agreement: Agreement) -> dict[str, object]:
    """What the form shows of a saved agreement, with rows to fill in."""
    names = ("title", "host_organisation_id", "host_city_id", "starts_on", "ends_on", "notice_months")
    more = ("currency", "in_whole_units", "link", "agreed_on", "version")
    typed = {name: getattr(agreement, name) for name in (*names, *more)}
    ids = {name: getattr(agreement, name) or 0 for name in ("board_id", "decision_id")}
    rows: list[dict[str, object]] = [
        {"city_id": one.city_id, "share": percent_text(one.share), "year_begins": one.year_begins}
        for one in agreement.parties
    ]
    return typed | ids | {"parties": _with_blanks(rows)}


def typed_next(last: Agreement) -> dict[str, object]:
    """The draft of the one that follows: as long, from the day after, and not agreed yet."""
    starts_on = last.ends_on + timedelta(days=1)
    months = (starts_on.year - last.starts_on.year) * 12 + starts_on.month - last.starts_on.month
    year, month = divmod(starts_on.year * 12 + starts_on.month - 1 + max(months, 12), 12)
    days = {"starts_on": starts_on, "ends_on": date(year, month + 1, 1) - timedelta(days=1)}
    title = {"title": _("Agreement from %(year)s", year=starts_on.year)}
    return typed_agreement(last) | days | title | {"agreed_on": None, "decision_id": 0, "link": ""}


def typed_payers(party: AgreementParty) -> dict[str, object]:
    """What the form shows of who pays, with rows to fill in."""
    rows: list[dict[str, object]] = [
        {
            "organisation_id": one.organisation_id,
            "share": percent_text(one.share),
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
        }
        for one in party.payers
    ]
    return {"payers": _with_blanks(rows), "version": party.agreement.version}


def _with_blanks(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    return [*rows, *({} for _row in range(BLANK_ROWS))][:ROWS_MAX]


def party_value(city_id: int, organisation_id: int | None) -> str:
    """Who pays, as an option of a list: a city, and an organisation that pays for it."""
    return f"{city_id}:{organisation_id or 0}"


def party_chosen(text: str) -> tuple[int | None, int | None]:
    """City and organisation of an option; both None for none. Raises InvalidInput, field "payer"."""
    city, _colon, organisation = text.partition(":")
    if not text:
        return None, None
    if not (city.isdigit() and organisation.isdigit()):
        raise InvalidInput("Choose one of the payers offered.", field="payer")
    return int(city) or None, int(organisation) or None
