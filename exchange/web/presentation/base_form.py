"""What all forms share: text that is safe in a header or a feed, and errors put at their field.

It holds no form of its own; each capability has a forms.py.
"""

import unicodedata
from collections.abc import Callable

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, Form, ValidationError

from exchange.errors import InvalidInput
from exchange.web.filters import sentence

LINE_MAX = 200  # characters of a title or a name: fits a calendar entry and a subject line
TEXT_MAX = 5_000  # characters of a description

Validator = Callable[[Form, Field], None]


class HouseForm(FlaskForm):
    """A form with CSRF protection whose typed text stays when something is wrong."""

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
        if any(_is_control(character) for character in field.data or ""):
            raise ValidationError(_("Use one line without line breaks or other control characters."))

    return check


def some_text(most: int = TEXT_MAX) -> Validator:
    """Refuse control characters other than line breaks and tabs, and more than ``most`` characters."""

    def check(_form: Form, field: Field) -> None:
        _check_length(field, most)
        if any(_is_control(c) for c in (field.data or "") if c not in "\r\n\t"):
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


def _is_control(character: str) -> bool:
    """Control characters, and the separators that some readers take for line breaks."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
