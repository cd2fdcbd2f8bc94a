"""What all forms share: text that is safe in a header or a feed, and errors put at their field.

It holds no form of its own; each capability has a forms.py.
"""

from collections.abc import Callable

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, ValidationError

from exchange.errors import InvalidInput
from exchange.rules.plain_text import is_one_line, is_some_text
from exchange.web.presentation.date_formats import sentence

LINE_MAX = 200  # characters of a title or a name: fits a calendar entry and a subject line
TEXT_MAX = 5_000  # characters of a description

KEPT = "exchange.kept_fields"  # of the request: what was typed before the reader had to sign in or confirm

Validator = Callable[[Form, Field], None]


class BaseForm(FlaskForm):
    """A form with CSRF protection whose typed text stays when something is wrong.

    A page that is only read shows what was kept for it (web.http.kept_forms) and saves nothing.
    """

    class Meta(FlaskForm.Meta):
        """Where the values of the fields come from."""

        def wrap_formdata(self, form: Form, formdata: object) -> object:
            """What was sent; on a page that is only read, what was kept for it."""
            kept: MultiDict[str, str] | None = request.environ.get(KEPT)
            if formdata is _Auto and kept is not None and request.method == "GET":
                return kept
            return super().wrap_formdata(form, formdata)

    def add_error(self, error: InvalidInput) -> None:
        """Put a refusal at the field it names, or over the form when it names none of them."""
        if error.field and error.field in self._fields:
            field = self._fields[error.field]
            field.errors = [*field.errors, sentence(error)]
        else:
            self.form_errors.append(sentence(error))


def one_line(most: int = LINE_MAX) -> Validator:
    """Refuse line breaks, control characters and more than ``most`` characters."""

    def check(_form: Form, field: Field) -> None:
        _check_length(field, most)
        if not is_one_line(field.data or ""):
            raise ValidationError(_("Use one line without line breaks or other control characters."))

    return check


def some_text(most: int = TEXT_MAX) -> Validator:
    """Refuse control characters other than line breaks and tabs, and more than ``most`` characters."""

    def check(_form: Form, field: Field) -> None:
        _check_length(field, most)
        if not is_some_text(field.data or ""):
            raise ValidationError(_("Take out control characters; only text and line breaks can be kept."))

    return check


def stripped(text: str | None) -> str:
    """What was typed without the space around it; "" for nothing. A filter for text fields."""
    return (text or "").strip()


def _check_length(field: Field, most: int) -> None:
    length = len(field.data or "")
    if length > most:
        raise ValidationError(
            _(
                "This is %(length)s characters long; at most %(most)s fit.",
                length=f"{length:,}",
                most=f"{most:,}",
            )
        )
