"""The form of the feeds room: why an address is replaced or revoked."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from exchange.web.forms import HouseForm, some_text, stripped

REASON_MAX = 500  # characters: two or three sentences


class ReasonForm(HouseForm):
    """A reason for the audit trail."""

    reason = TextAreaField(
        _("Reason"),
        filters=[stripped],
        validators=[DataRequired(_("Say why, in a few words.")), some_text(REASON_MAX)],
    )
