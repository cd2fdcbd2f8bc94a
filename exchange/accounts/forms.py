"""The forms of sign-in and of second factors, and the check of where a sign-in leads."""

from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _
from wtforms import EmailField, Field, Form, HiddenField, StringField, ValidationError
from wtforms.validators import InputRequired

from exchange.web.presentation.base_form import BaseForm, one_line, stripped

NAME_MAX = 60  # characters of a device as its owner calls it
ADDRESS_MAX = 254  # characters of an e-mail address, RFC 5321 4.5.3.1.3 less the brackets
PATH_MAX = 500  # characters of a path within the product, with some to spare
HOME = "/"


def looks_like_an_address(_form: Form, field: Field) -> None:
    """Refuse what cannot be an address; whether anybody has it is nobody's business here."""
    name, at, domain = (field.data or "").rpartition("@")
    if not (name and at and domain) or any(character.isspace() for character in field.data):
        raise ValidationError(_("Write a whole e-mail address, such as anna@example.org."))


class SignInForm(BaseForm):
    """Who asks for a link, and the page they were on their way to."""

    email = EmailField(
        _("E-mail address"),
        filters=[stripped],
        validators=[
            InputRequired(_("Write your e-mail address.")),
            one_line(ADDRESS_MAX),
            looks_like_an_address,
        ],
    )
    next = HiddenField()
    kept = HiddenField()  # what they had typed when their session ended, sealed


class PasskeyForm(BaseForm):
    """A passkey that the browser made, and what its owner calls it."""

    name = StringField(
        _("Name"),
        filters=[stripped],
        validators=[InputRequired(_("Give it a name, such as the device it is on.")), one_line(NAME_MAX)],
    )
    passkey = HiddenField(validators=[InputRequired(_("Your browser made no passkey."))])


class AppForm(BaseForm):
    """The first code of an app, with the secret that it was given, sealed."""

    code = StringField(
        _("Code of the app"),
        filters=[stripped],
        validators=[InputRequired(_("Write the six digits that the app shows.")), one_line(20)],
    )
    sealed = HiddenField()


def local_path(text: str | None) -> str:
    """``text`` when it is a path within this product, "/" otherwise: a link must not lead elsewhere."""
    if not text or len(text) > PATH_MAX or not text.isprintable():
        return HOME
    # Browsers read "//host" and "/\host" as another host.
    if not text.startswith("/") or text.startswith(("//", "/\\")):
        return HOME
    parts = urlsplit(text)
    return HOME if parts.scheme or parts.netloc else text
