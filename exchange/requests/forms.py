"""Forms of requests: one for each kind that is public, and one for each deed. They save nothing."""

from collections.abc import Iterable, Mapping

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from exchange.errors import InvalidInput
from exchange.models import ProductVersion
from exchange.requests.drafts import Asked
from exchange.rules.duties.request_rules import RequestKind
from exchange.web.access.rate_limits import mailbox_of
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.form_fields import REASON_MAX, VersionedForm, choices, date_field

ANOTHER = 0  # in place of a product's id
NO_SUCH = "There is no such document, or it is not open to you. Write in the next field which one you mean."
_ABOUT_DOCUMENTS = ("document", "other")
FIELDS: Mapping[RequestKind, tuple[str, ...]] = {
    RequestKind.FORMAT: (*_ABOUT_DOCUMENTS, "wanted_format", "technology"),
    RequestKind.REPORT: (*_ABOUT_DOCUMENTS, "words"),
    RequestKind.JOIN: ("words",),
    RequestKind.DATA: ("words",),
    RequestKind.FAULT: ("words",),
}
_OPTIONAL = frozenset({"document", "other", "wanted_format", "technology", "words"})


class AskForm(BaseForm):
    """All fields; ``offer`` takes away those that a kind has not."""

    offered: frozenset[int] = frozenset()  # ids of the documents to choose from

    name = StringField(
        _l("Your name"), filters=[stripped], validators=[DataRequired(_l("Write your name.")), one_line()]
    )
    email = StringField(
        _l("Your e-mail address"),
        filters=[stripped],
        validators=[DataRequired(_l("Write your e-mail address.")), one_line()],
    )
    document = SelectField(_l("Which document"), coerce=int, default=ANOTHER, validate_choice=False)
    other = StringField(_l("Another document"), filters=[stripped], validators=[one_line()])
    wanted_format = StringField(
        _l("In which format, such as large print or a Word file"),
        filters=[stripped],
        validators=[DataRequired(_l("Write which format you need.")), one_line()],
    )
    technology = StringField(
        _l("Which assistive technology you use"), filters=[stripped], validators=[one_line()]
    )
    words = TextAreaField(
        _l("What we should know"),
        filters=[stripped],
        validators=[DataRequired(_l("Write a sentence or two.")), some_text()],
    )

    def offer(self, kind: RequestKind, out: Iterable[ProductVersion]) -> None:
        """The fields of a kind, and the documents that the reader may know of."""
        for name in _OPTIONAL - set(FIELDS[kind]):
            del self[name]
        if "document" in self:
            titles = [(one.product_id, one.title) for one in out]
            self.document.choices = choices([(ANOTHER, _("Another document")), *titles])
            self.offered = frozenset({ANOTHER, *(product_id for product_id, _title in titles)})

    def asked(self, kind: RequestKind) -> Asked:
        """What was typed. Raises InvalidInput for a document that is not offered, and for none."""
        typed = {name: self[name].data or "" for name in FIELDS[kind] if name not in _ABOUT_DOCUMENTS}
        product_id, other = None, ""
        if "document" in self:
            chosen = self.document.data or ANOTHER
            if chosen not in self.offered:
                raise InvalidInput(NO_SUCH, field="document")
            product_id, other = chosen or None, self.other.data
            if product_id is None and not other:
                raise InvalidInput("Choose a document, or write which one you mean.", field="other")
        language = str(get_locale() or "en")
        return Asked(kind, self.name.data, mailbox_of(self.email.data), language, product_id, other, **typed)


class ButtonForm(BaseForm):
    """A button alone."""


class MessageForm(BaseForm):
    """A message of who asked."""

    text = TextAreaField(
        _l("Your message"), filters=[stripped], validators=[DataRequired(_l("Write a message.")), some_text()]
    )


def _needed(label: str) -> TextAreaField:
    needed = DataRequired(_l("Write a sentence: who asked reads it."))
    return TextAreaField(label, filters=[stripped], validators=[needed, some_text(REASON_MAX)])


class AssignForm(VersionedForm):
    """Which coordinator answers."""

    person = SelectField(_l("Who answers"), coerce=int)


class DocumentForm(VersionedForm):
    """Which product is meant."""

    document = SelectField(_l("Which report it is"), coerce=int)


class ExtendForm(VersionedForm):
    """A later day, with its reason."""

    due_on = date_field(_l("Answer due by"))
    reason = _needed(_l("Why it takes longer"))


class AnswerForm(VersionedForm):
    """What was done."""

    outcome = _needed(_l("Outcome"))


class RefuseForm(VersionedForm):
    """Why not."""

    why_not = _needed(_l("Why not"))


class ReleaseForm(VersionedForm):
    """The decision to release a report."""

    reason = _needed(_l("Why it is released"))
    is_explicit = BooleanField(_l("I decide to release it though its marking is above TLP:GREEN"))


class RevokeForm(VersionedForm):
    """Why a release ends before its day."""

    reason = _needed(_l("Why the release ends"))
