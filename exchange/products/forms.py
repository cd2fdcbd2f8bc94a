"""Forms of products: a version, a comment, a decision, a reason. They save nothing."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.models import Cycle, Outcome, Product
from exchange.products.drafts import TEXT_MAX, ProductDraft
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.form_fields import addresses_in, named_field, reason_field

COMMENT_MAX = 5_000  # characters
WORD_MAX = 500

MARKINGS = {
    "": _("Choose a marking"),
    Marking.CLEAR: _("TLP:CLEAR – everybody may read it"),
    Marking.GREEN: _("TLP:GREEN – everybody in the network"),
    Marking.AMBER: _("TLP:AMBER – who takes part in the exchange"),
    Marking.AMBER_STRICT: _("TLP:AMBER+STRICT – who takes part, for their organisation only"),
    Marking.RED: _("TLP:RED – only the people named, for their eyes and ears alone"),
}
OUTCOMES = {Outcome.RESOLVED: _("Resolve"), Outcome.REJECTED: _("Reject")}


class ProductForm(BaseForm):
    """One version of a product."""

    version = HiddenField(_("Version"))
    title = StringField(_("Title"), filters=[stripped], validators=[InputRequired(), one_line()])
    # Not validated against the choices: rules.markings says what is wrong with a marking.
    marking = SelectField(_("Marking"), validate_choice=False)
    named = named_field()
    reason = reason_field()
    text = TextAreaField(
        _("Text"), validators=[InputRequired(_("Nothing is written yet.")), some_text(TEXT_MAX)]
    )

    def offer(self) -> None:
        """Put the markings into the form."""
        self.marking.choices = [SelectChoice(str(value), words) for value, words in MARKINGS.items()]

    def draft(self) -> ProductDraft:
        """What was typed."""
        opened_on = _number(self.version.data or "", -1)
        text = (self.text.data or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        named = addresses_in(self.named)
        reason = self.reason.data or ""
        return ProductDraft(opened_on, self.title.data or "", self.marking.data or "", text, named, reason)


def typed_from(cycle: Cycle, product: Product | None) -> dict[str, object]:
    """What the last version puts into the form; the exchange's title before the first."""
    if product is None or not product.versions:
        return {"version": "0", "title": cycle.title}
    last = product.versions[-1]
    return {"version": str(last.number), "title": last.title, "marking": last.marking, "text": last.text}


class SeenForm(BaseForm):
    """Which version a reviewer had before them."""

    version = HiddenField(_("Version"))

    @property
    def seen(self) -> int:
        """Its number; 0, which no version has, when it was taken out or spoilt."""
        return _number(self.version.data or "", 0)


class CommentForm(SeenForm):
    """A reviewer's comment."""

    text = TextAreaField(
        _("Comment"),
        filters=[stripped],
        validators=[InputRequired(_("Write your comment first.")), some_text(COMMENT_MAX)],
    )


class DecisionForm(BaseForm):
    """What becomes of a comment."""

    outcome = RadioField(
        _("What becomes of it"),
        choices=[SelectChoice(outcome.value, words) for outcome, words in OUTCOMES.items()],
        validators=[InputRequired(_("Choose whether it is resolved or rejected."))],
    )
    word = TextAreaField(
        _("A word about it"),
        filters=[stripped],
        validators=[
            InputRequired(_("Say in a word what was done with it, or why not.")),
            some_text(WORD_MAX),
        ],
    )


class ReasonForm(SeenForm):
    """A reason, where one is needed, and the version it is about."""

    reason = reason_field()


def _number(data: str, spoilt: int) -> int:
    return int(data) if data.isascii() and data.isdigit() and len(data) < 10 else spoilt
