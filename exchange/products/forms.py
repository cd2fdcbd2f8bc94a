"""Forms of products: a version and what stands beside it, a comment, a decision. They save nothing."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import (
    Form,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from exchange.access.product_things import About
from exchange.models import CreditRole, Outcome, Product
from exchange.products.drafts import (
    CREDITS_MOST,
    RECOMMENDATIONS_MOST,
    TEXT_MAX,
    CreditDraft,
    DetailsDraft,
    ProductDraft,
    RecommendationDraft,
)
from exchange.products.queries import Offered
from exchange.products.words import CREDIT_ROLES, KINDS, starting_text
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    LINK_MAX,
    CheckboxesField,
    VersionedForm,
    WholeNumberField,
    addresses_in,
    choices,
    date_field,
    named_field,
    reason_field,
)
from exchange.web.presentation.row_fields import RowsField
from exchange.web.presentation.words import PHASES

COMMENT_MAX = 5_000  # characters
INTERESTS_MAX = 500
RECOMMENDATION_MAX = 2_000
ROWS_MORE = 4  # empty rows beside those that there are
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
    text = TextAreaField(_("Text"), validators=[some_text(TEXT_MAX)])
    link = StringField(_("Link"), filters=[stripped], validators=[one_line(LINK_MAX)])

    def offer(self) -> None:
        """Put the markings into the form."""
        self.marking.choices = [SelectChoice(str(value), words) for value, words in MARKINGS.items()]

    def draft(self) -> ProductDraft:
        """What was typed."""
        opened_on = _number(self.version.data or "", -1)
        text = (self.text.data or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        named = addresses_in(self.named)
        reason = self.reason.data or ""
        title, marking, link = self.title.data or "", self.marking.data or "", self.link.data or ""
        return ProductDraft(opened_on, title, marking, text, named, reason, link)


def typed_from(about: About, product: Product | None) -> dict[str, object]:
    """What the last version puts into the form; the exchange's or event's title before the first.

    A post-exercise report of which nothing is written yet begins with headings; they are kept once saved.
    """
    if product is None or not product.versions:
        return {"version": "0", "title": about.title if about is not None else ""}
    last = product.versions[-1]
    is_untouched = len(product.versions) == 1 and not last.link and not product.files
    text = last.text or (starting_text(product.kind) if is_untouched else "")
    written = {"title": last.title, "marking": last.marking, "text": text, "link": last.link}
    return {"version": str(last.number), **written}


class NewProductForm(BaseForm):
    """What a product is before anything of it is written."""

    kind = SelectField(_("Kind"))
    title = StringField(_("Title"), filters=[stripped], validators=[InputRequired(), one_line()])
    year = WholeNumberField(_("Year"), validators=[Optional()])
    marking = SelectField(_("Marking"), validate_choice=False)
    named = named_field()

    def offer(self) -> None:
        """Fill the lists."""
        self.kind.choices = choices(KINDS.items())
        self.marking.choices = [SelectChoice(str(value), words) for value, words in MARKINGS.items()]

    def draft(self) -> ProductDraft:
        """Its first version, without a text."""
        return ProductDraft(0, self.title.data or "", self.marking.data or "", "", addresses_in(self.named))


class CreditFields(Form):
    """Somebody named on a product."""

    who = StringField(
        _("Name, or e-mail address in the network"), filters=[stripped], validators=[one_line()]
    )
    role = SelectField(_("Part"), choices=choices(CREDIT_ROLES.items()))
    organisation = StringField(_("Organisation"), filters=[stripped], validators=[one_line()])
    interests = StringField(_("Interests declared"), filters=[stripped], validators=[one_line(INTERESTS_MAX)])


class DetailsForm(VersionedForm):
    """What stands beside the text."""

    kind = SelectField(_("Kind"))
    year = WholeNumberField(_("Year"), validators=[Optional()])
    themes = CheckboxesField(_("Themes"), coerce=int)
    cities = CheckboxesField(_("Cities it is for"), coerce=int)
    groups = CheckboxesField(_("Expert groups it is for"), coerce=int)
    credits = RowsField(FormField(CreditFields), max_entries=CREDITS_MOST)

    def offer(self, offered: Offered) -> None:
        """Fill the lists."""
        self.kind.choices = choices(KINDS.items())
        self.themes.choices = choices(offered.themes)
        self.cities.choices, self.groups.choices = choices(offered.cities), choices(offered.groups)

    def draft(self, *, is_for_some: bool) -> DetailsDraft:
        """What was typed; whom it is for only where that is asked."""
        people = (entry.form for entry in self.credits)
        return DetailsDraft(
            kind=self.kind.data,
            year=self.year.data,
            theme_ids=tuple(self.themes.data or ()),
            credits=tuple(
                CreditDraft(one.who.data, one.role.data, one.organisation.data, one.interests.data)
                for one in people
                if one.who.data
            ),
            city_ids=tuple(self.cities.data or ()) if is_for_some else None,
            group_ids=tuple(self.groups.data or ()) if is_for_some else None,
        )


def typed_details(product: Product) -> dict[str, object]:
    """What the form shows of a product, and empty rows for more people."""
    saved: list[dict[str, object]] = [
        {
            "who": one.person.email if one.person else one.name,
            "role": one.role,
            "organisation": one.organisation,
            "interests": one.interests,
        }
        for one in product.credits
    ]
    more = min(ROWS_MORE, CREDITS_MOST - len(saved))
    return {
        "version": str(product.versions[-1].number),
        "kind": product.kind,
        "year": product.year,
        "themes": [one.id for one in product.themes],
        "cities": [one.id for one in product.cities],
        "groups": [one.id for one in product.groups],
        "credits": saved + [{"role": CreditRole.CO_AUTHOR.value} for _more in range(more)],
    }


class RecommendationFields(Form):
    """One recommendation among several."""

    number = WholeNumberField(_("Number"), validators=[Optional()])
    text = TextAreaField(_("Recommendation"), filters=[stripped], validators=[some_text(RECOMMENDATION_MAX)])
    theme_id = SelectField(_("Theme"), coerce=int, default=0)
    phase = SelectField(_("Phase"), choices=choices([("", _("Not said")), *PHASES.items()]), default="")


class RecommendationsForm(VersionedForm):
    """The numbered recommendations of a product."""

    recommendations = RowsField(FormField(RecommendationFields), max_entries=RECOMMENDATIONS_MOST)

    def offer(self, themes: Sequence[tuple[int, str]]) -> None:
        """Fill the lists to choose from."""
        for entry in self.recommendations:
            entry.form.theme_id.choices = choices([(0, _("No theme")), *themes])

    def drafts(self) -> list[RecommendationDraft]:
        """What was typed, empty rows among it."""
        rows = (entry.form for entry in self.recommendations)
        return [
            RecommendationDraft(
                one.number.data, one.text.data or "", one.theme_id.data or None, one.phase.data or ""
            )
            for one in rows
        ]


def typed_recommendations(product: Product) -> dict[str, object]:
    """What the form shows of those that there are, and empty rows for more."""
    saved: list[dict[str, object]] = [
        {"number": one.number, "text": one.text, "theme_id": one.theme_id or 0, "phase": one.phase}
        for one in product.recommendations
    ]
    more = min(ROWS_MORE, RECOMMENDATIONS_MOST - len(saved))
    empty: list[dict[str, object]] = [{"number": None, "text": ""} for _more in range(more)]
    return {"version": str(product.versions[-1].number), "recommendations": saved + empty}


class ReviewForm(BaseForm):
    """Until which day comments are taken."""

    due_on = date_field(_("Comments are due by the end of"))


class FilesForm(VersionedForm):
    """Files to keep with a product, or one to take away."""

    files = MultipleFileField(_("Add files"))


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
