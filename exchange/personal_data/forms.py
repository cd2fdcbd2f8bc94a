"""The forms of people's data. They save nothing."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.models import Decision, Person, Right
from exchange.network.drafts import draft_of_person, fingerprint
from exchange.network.forms.language_choices import language_choices
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped

ADDRESS_MAX = 254  # characters of an e-mail address, RFC 5321 4.5.3.1.3 less the brackets

RIGHTS = {
    Right.OBJECTION: _(
        "Object: letters of the programme stop at once, and the network says whether it goes on"
    ),
    Right.RESTRICTION: _("Restrict: keep what you have about me, and do not use it for now"),
    Right.ERASURE: _("Erase: take my name and my contact data away for good"),
}


class DetailsForm(BaseForm):
    """One's own name and language."""

    name = StringField(_("Name"), filters=[stripped], validators=[InputRequired(), one_line()])
    language = SelectField(_("Language of letters and pages"), choices=language_choices)
    seen = HiddenField()


class AddressForm(BaseForm):
    """One's own new address."""

    email = EmailField(
        _("New e-mail address"), filters=[stripped], validators=[InputRequired(), one_line(ADDRESS_MAX)]
    )


class RightForm(BaseForm):
    """What somebody asks for."""

    kind = RadioField(
        _("What you ask for"),
        choices=[SelectChoice(right.value, words) for right, words in RIGHTS.items()],
        validators=[InputRequired()],
    )
    words = TextAreaField(_("What you would like to add"), filters=[stripped], validators=[some_text()])


class DecisionForm(BaseForm):
    """An answer to a request."""

    decision = RadioField(
        _("Decision"),
        choices=[
            SelectChoice(Decision.GRANTED.value, _("Grant it")),
            SelectChoice(Decision.REFUSED.value, _("Refuse it")),
        ],
        validators=[InputRequired()],
    )
    answer = TextAreaField(
        _("Answer to the person"), filters=[stripped], validators=[InputRequired(), some_text()]
    )


class ReasonForm(BaseForm):
    """A reason, which is kept: name nobody in it."""

    why = StringField(_("Reason"), filters=[stripped], validators=[InputRequired(), one_line()])


class EraseForm(ReasonForm):
    """The confirmation of an erasure."""

    take_back = BooleanField(_("Take the open tasks back"))
    is_sure = BooleanField(_("I have read what goes and what stays"), validators=[InputRequired()])


class LiftForm(ReasonForm):
    """An erased address that may be entered again."""

    email = EmailField(
        _("E-mail address"), filters=[stripped], validators=[InputRequired(), one_line(ADDRESS_MAX)]
    )


def details_of(person: Person, group_ids: list[int]) -> DetailsForm:
    """The form filled with the person, or with what was typed; needs their roles loaded."""
    draft = draft_of_person(person)
    return DetailsForm(
        data={"name": draft.name, "language": draft.language, "seen": fingerprint(draft, group_ids)}
    )
