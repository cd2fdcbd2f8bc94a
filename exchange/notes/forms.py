"""Forms of notes: from typed text to drafts. They save nothing."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.models import Note, Role
from exchange.notes.drafts import NoteDraft
from exchange.notes.queries import Offered
from exchange.notes.words import ROLES
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    CheckboxesField,
    VersionedForm,
    addresses_in,
    choices,
    named_field,
)
from exchange.web.presentation.words import TEXT_MARKINGS


class NoteForm(VersionedForm):
    """One note, and whom it is for."""

    subject = StringField(
        _l("Subject"),
        filters=[stripped],
        validators=[InputRequired(_l("Give the note a subject.")), one_line()],
    )
    text = TextAreaField(
        _l("Note"), filters=[stripped], validators=[InputRequired(_l("Write the note.")), some_text()]
    )
    marking = SelectField(
        _l("Marking"),
        choices=choices(TEXT_MARKINGS.items()),
        default=Marking.GREEN.value,
        validators=[InputRequired()],
    )
    named = named_field()
    cities = CheckboxesField(_l("Cities"), coerce=int)
    groups = CheckboxesField(_l("Expert groups"), coerce=int)
    boards = CheckboxesField(_l("Boards"), coerce=int)
    organisations = CheckboxesField(_l("Partners and other organisations"), coerce=int)
    roles = CheckboxesField(
        _l("By role"), choices=choices((key.value, words) for key, words in ROLES.items())
    )
    is_urgent = BooleanField(_l("It is urgent"))

    def offer(self, offered: Offered) -> None:
        """Fill the lists to choose from."""
        self.cities.choices = choices(offered.cities)
        self.groups.choices = choices(offered.groups)
        self.boards.choices = choices(offered.boards)
        self.organisations.choices = choices(offered.organisations)

    def draft(self) -> NoteDraft:
        """What was typed; call it after the form has validated."""
        return NoteDraft(
            subject=self.subject.data,
            text=self.text.data,
            marking=Marking(self.marking.data),
            is_urgent=bool(self.is_urgent.data),
            city_ids=frozenset(self.cities.data or ()),
            group_ids=frozenset(self.groups.data or ()),
            board_ids=frozenset(self.boards.data or ()),
            organisation_ids=frozenset(self.organisations.data or ()),
            roles=frozenset(Role(one) for one in self.roles.data or ()),
            named=addresses_in(self.named),
        )


def typed_note(note: Note, named: str) -> dict[str, object]:
    """What the form shows of a saved note, with the addresses of who is named on it."""
    same = ("subject", "text", "marking", "is_urgent", "roles", "version")
    return {name: getattr(note, name) for name in same} | {
        "named": named,
        "cities": note.city_ids,
        "groups": note.group_ids,
        "boards": note.board_ids,
        "organisations": note.organisation_ids,
    }


def typed_correction(corrected: Note, named: str) -> dict[str, object]:
    """What the form of a note that corrects another begins with: its subject, marking and audience."""
    return typed_note(corrected, named) | {"text": "", "version": 0, "is_urgent": False}
