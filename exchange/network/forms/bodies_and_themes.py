"""Forms of expert groups, boards, organisations and themes, and of a seat in a body."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _
from sqlmodel import SQLModel
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.models import Board, ExpertGroup, Organisation, Theme
from exchange.network.drafts import (
    KEY_MAX,
    Entry,
    EntryDraft,
    OrganisationDraft,
    ThemeDraft,
    draft_of_entry,
    fingerprint,
)
from exchange.network.words import ORGANISATION_KINDS
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.form_fields import date_field


class EntryForm(BaseForm):
    """What has a key, a name and a description."""

    key = StringField(_("Key"), filters=[stripped], validators=[InputRequired(), one_line(KEY_MAX)])
    name = StringField(_("Name"), filters=[stripped], validators=[InputRequired(), one_line()])
    note = TextAreaField(_("Description"), filters=[stripped], validators=[some_text()])
    seen = HiddenField()

    def draft(self) -> EntryDraft:
        """What was typed, for actions.entries to check and save."""
        return EntryDraft(key=self.key.data, name=self.name.data, note=self.note.data)


class OrganisationForm(EntryForm):
    """An organisation has a kind, and what it is to the network."""

    kind = SelectField(
        _("Kind"),
        choices=lambda: [("", _("Not said")), *((k.value, w) for k, w in ORGANISATION_KINDS.items())],
    )
    note = StringField(_("What it is to the network"), filters=[stripped], validators=[one_line()])
    ends_on = date_field(_("Last day on which it works with the network"), is_needed=False)

    def draft(self) -> OrganisationDraft:
        """As for the others, with the kind."""
        return OrganisationDraft(
            key=self.key.data,
            name=self.name.data,
            note=self.note.data,
            kind=self.kind.data or "",
            ends_on=self.ends_on.data,
        )


class ThemeForm(EntryForm):
    """A theme has its source in place of a description."""

    note = StringField(_("Drawn from"), filters=[stripped], validators=[one_line()])
    strategies = StringField(_("Strategies it serves"), filters=[stripped], validators=[one_line()])

    def draft(self) -> ThemeDraft:
        """As for the others, with the strategies."""
        return ThemeDraft(
            key=self.key.data,
            name=self.name.data,
            note=self.note.data,
            strategies=self.strategies.data or "",
        )


class SeatForm(BaseForm):
    """Who takes a seat."""

    person_id = SelectField(_("Person"), coerce=int)
    is_chair = BooleanField(_("Chairs it"))

    def offer(self, people: Iterable[tuple[int, str]], seated: Iterable[int]) -> None:
        """Fill the list with those of ``people``, each an id and words, who have no seat yet."""
        taken = set(seated)
        self.person_id.choices = [one for one in people if one[0] not in taken]


class SeatDaysForm(BaseForm):
    """From which day to which a seat on a board is held, both included; empty is open."""

    starts_on = date_field(_("From"), is_needed=False)
    ends_on = date_field(_("To"), is_needed=False)


FORMS: Mapping[type[SQLModel], type[EntryForm]] = {
    ExpertGroup: EntryForm,
    Board: EntryForm,
    Organisation: OrganisationForm,
    Theme: ThemeForm,
}


def form_of_entry(entry: Entry) -> EntryForm:
    """The form filled with the entry, or with what was typed."""
    draft = draft_of_entry(entry)
    data: dict[str, object] = {
        "key": draft.key,
        "name": draft.name,
        "note": draft.note,
        "seen": fingerprint(draft),
    }
    if isinstance(draft, OrganisationDraft):
        data |= {"kind": draft.kind, "ends_on": draft.ends_on}
    if isinstance(draft, ThemeDraft):
        data["strategies"] = draft.strategies
    return FORMS[type(entry)](data=data)
