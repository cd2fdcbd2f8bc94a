"""Forms of expert groups, boards, partners and themes, and of a seat in a body."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _
from sqlmodel import SQLModel
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.models import Board, ExpertGroup, Partner, Person, Theme
from exchange.network.drafts import KEY_MAX, Entry, EntryDraft, draft_of_entry, fingerprint
from exchange.web.forms import HouseForm, one_line, some_text, stripped


class EntryForm(HouseForm):
    """What has a key, a name and a description."""

    key = StringField(_("Key"), filters=[stripped], validators=[InputRequired(), one_line(KEY_MAX)])
    name = StringField(_("Name"), filters=[stripped], validators=[InputRequired(), one_line()])
    note = TextAreaField(_("Description"), filters=[stripped], validators=[some_text()])
    seen = HiddenField()

    def draft(self) -> EntryDraft:
        """What was typed, for actions.entries to check and save."""
        return EntryDraft(key=self.key.data, name=self.name.data, note=self.note.data)


class PartnerForm(EntryForm):
    """A partner has a kind in place of a description."""

    note = StringField(_("Kind of partner"), filters=[stripped], validators=[one_line()])


class ThemeForm(EntryForm):
    """A theme has its source in place of a description."""

    note = StringField(_("Drawn from"), filters=[stripped], validators=[one_line()])


class SeatForm(HouseForm):
    """Who takes a seat."""

    person_id = SelectField(_("Person"), coerce=int)
    is_chair = BooleanField(_("Chairs it"))

    def offer(self, people: Iterable[Person], seated: Iterable[int]) -> None:
        """Fill the list with active people who have no seat yet."""
        taken = set(seated)
        self.person_id.choices = [
            (person.id, f"{person.name}, {person.city.name}")
            for person in people
            if person.is_active and person.id not in taken
        ]


FORMS: Mapping[type[SQLModel], type[EntryForm]] = {
    ExpertGroup: EntryForm,
    Board: EntryForm,
    Partner: PartnerForm,
    Theme: ThemeForm,
}


def form_of_entry(entry: Entry) -> EntryForm:
    """The form filled with the entry, or with what was typed."""
    draft = draft_of_entry(entry)
    data = {"key": draft.key, "name": draft.name, "note": draft.note, "seen": fingerprint(draft)}
    return FORMS[type(entry)](data=data)
