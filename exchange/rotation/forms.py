"""Forms of turns: from typed text to drafts. They save nothing."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.models import Rotation, RotationState
from exchange.rotation.drafts import CURRENCIES, TurnDraft
from exchange.rotation.words import STATES
from exchange.rules.money.amounts import amount_of, plain_amount
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.decision_choices import chosen_decision, decision_field
from exchange.web.presentation.form_fields import VersionedForm, choices

IN_KIND_MAX = 500  # characters: a venue, the time of staff, in some sentences
AMOUNT_MAX = 20  # characters


class TurnForm(VersionedForm):
    """Which city, how far, what it costs whom."""

    city_id = SelectField(_l("City"), coerce=int, validators=[InputRequired(_l("Choose a city."))])
    state = SelectField(_l("How far it has come"), validators=[InputRequired(_l("Choose a state."))])
    cost = StringField(_l("Cost"), filters=[stripped], validators=[one_line(AMOUNT_MAX)])
    currency = SelectField(_l("Currency"), default="")
    in_kind = TextAreaField(_l("Given in kind"), filters=[stripped], validators=[some_text(IN_KIND_MAX)])
    decision_id = decision_field()

    def offer(self, cities: Iterable[tuple[int, str]], decisions: list[SelectChoice]) -> None:
        """Fill the lists to choose from."""
        self.city_id.choices = choices(cities)
        self.state.choices = choices((one.value, words) for one, (words, _kind) in STATES.items())
        self.currency.choices = choices([("", _("None")), *((one, one) for one in CURRENCIES)])
        self.decision_id.choices = decisions

    def draft(self) -> TurnDraft:
        """What was typed; call it after the form has validated. Raises InvalidInput at "cost"."""
        return TurnDraft(
            city_id=self.city_id.data,
            state=RotationState(self.state.data),
            cost=amount_of(self.cost.data, "cost") if self.cost.data else None,
            currency=self.currency.data or "",
            in_kind=self.in_kind.data,
            decision_id=chosen_decision(self.decision_id),
        )


def typed_turn(row: Rotation | None, proposed_id: int | None) -> dict[str, object]:
    """What the form shows of what is recorded; of nothing, the city that is proposed."""
    if row is None:
        return {"version": 0, "city_id": proposed_id, "state": RotationState.PROPOSED.value}
    names = ("version", "city_id", "state", "currency", "in_kind")
    typed: dict[str, object] = {name: getattr(row, name) for name in names}
    cost = "" if row.cost is None else plain_amount(row.cost)
    return typed | {"cost": cost, "decision_id": row.decision_id or 0}
