"""The form of an appointment, and of the end of one."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired

from exchange.models import Role
from exchange.network.words import ROLES
from exchange.web.presentation.base_form import BaseForm, some_text, stripped
from exchange.web.presentation.form_fields import REASON_MAX


class RoleForm(BaseForm):
    """Which role, and why."""

    role = SelectField(_("Role"), validators=[InputRequired()])
    reason = TextAreaField(
        _("Reason"),
        filters=[stripped],
        validators=[InputRequired(_("Write the reason: it is kept for good.")), some_text(REASON_MAX)],
    )

    def offer(self, roles: Iterable[Role]) -> None:
        """Fill the list with these, in the order in which roles are named everywhere."""
        wanted = set(roles)
        self.role.choices = [(role.value, word) for role, word in ROLES.items() if role in wanted]
