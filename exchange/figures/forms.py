"""The form that freezes figures into a report: it knows which figures its sender saw, 0 for none."""

from exchange.web.presentation.form_fields import VersionedForm


class FreezeForm(VersionedForm):
    """A button."""
