"""The form that asks for a sign-in link, and the check of where a sign-in leads."""

from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _
from wtforms import EmailField, Field, Form, HiddenField, ValidationError
from wtforms.validators import InputRequired

from exchange.web.forms import HouseForm, one_line, stripped

ADDRESS_MAX = 254  # characters of an e-mail address, RFC 5321 4.5.3.1.3 less the brackets
PATH_MAX = 500  # characters of a path within the product, with room to spare
HOME = "/"


def looks_like_an_address(_form: Form, field: Field) -> None:
    """Refuse what cannot be an address; whether anybody has it is nobody's business here."""
    name, at, domain = (field.data or "").rpartition("@")
    if not (name and at and domain) or any(character.isspace() for character in field.data):
        raise ValidationError(_("Write a whole e-mail address, such as anna@example.org."))


class SignInForm(HouseForm):
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


def local_path(text: str | None) -> str:
    """``text`` when it is a path within this product, "/" otherwise: a link must not lead elsewhere."""
    if not text or len(text) > PATH_MAX or not text.isprintable():
        return HOME
    # Browsers read "//host" and "/\host" as another host.
    if not text.startswith("/") or text.startswith(("//", "/\\")):
        return HOME
    parts = urlsplit(text)
    return HOME if parts.scheme or parts.netloc else text
