"""The form of a cycle's ladder. It saves nothing."""

from collections.abc import Sequence

from flask_babel import gettext as _
from wtforms import BooleanField
from wtforms.validators import InputRequired, NumberRange

from exchange.reminders.nudges import Step
from exchange.rules.programme.stage_plan_file import FARTHEST_CHASE_DAYS
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.form_fields import WholeNumberField


def ladder_form(steps: Sequence[Step]) -> BaseForm:
    """A form with a switch and the days of each step, as the cycle has them."""
    fields: dict[str, object] = {}
    data: dict[str, object] = {}
    for number, one in enumerate(steps):
        fields[f"on_{number}"] = BooleanField(_("Send this step"))
        fields[f"days_{number}"] = WholeNumberField(
            _("Days"),
            validators=[
                InputRequired(_("Write a whole number of days.")),
                NumberRange(-FARTHEST_CHASE_DAYS, FARTHEST_CHASE_DAYS),
            ],
        )
        data |= {f"on_{number}": not one.is_off, f"days_{number}": one.days}
    made: type[BaseForm] = type("LadderForm", (BaseForm,), fields)
    return made(data=data)


def chosen_steps(form: BaseForm, steps: Sequence[Step]) -> list[Step]:
    """What was typed."""
    return [
        Step(one.step, not form[f"on_{number}"].data, form[f"days_{number}"].data)
        for number, one in enumerate(steps)
    ]
