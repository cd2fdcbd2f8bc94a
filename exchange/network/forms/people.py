"""The form of a person."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from exchange.languages import LANGUAGES
from exchange.models import City, ExpertGroup, Person, Role
from exchange.network.drafts import PersonDraft, draft_of_person, fingerprint
from exchange.network.forms.choices import language_choices
from exchange.network.words import ROLES
from exchange.web.forms import HouseForm, one_line, stripped


class CheckboxesField(SelectMultipleField):
    """Several of a list, one checkbox each."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PersonForm(HouseForm):
    """A person with roles and expert groups."""

    name = StringField(_("Name"), filters=[stripped], validators=[InputRequired(), one_line()])
    email = StringField(_("E-mail address"), filters=[stripped], validators=[InputRequired(), one_line(254)])
    city_id = SelectField(_("City"), coerce=int)
    language = SelectField(_("Language of letters"), choices=language_choices, default=LANGUAGES[0])
    roles = CheckboxesField(_("Roles"), choices=lambda: [(role.value, word) for role, word in ROLES.items()])
    group_ids = CheckboxesField(_("Expert groups"), coerce=int)
    is_active = BooleanField(_("Is in the network: gets letters and may sign in"), default=True)
    seen = HiddenField()

    def offer(self, cities: Iterable[City], groups: Sequence[ExpertGroup]) -> None:
        """Fill the lists to choose from."""
        self.city_id.choices = [(city.id, city.name) for city in sorted(cities, key=lambda one: one.name)]
        self.group_ids.choices = [(group.id, f"{group.key} {group.name}") for group in groups]

    def draft(self) -> PersonDraft:
        """What was typed, for actions.people to check and save."""
        return PersonDraft(
            name=self.name.data,
            email=self.email.data,
            city_id=self.city_id.data,
            roles=frozenset(Role(role) for role in self.roles.data),
            language=self.language.data,
            is_active=self.is_active.data,
        )


def form_of_person(person: Person, group_ids: Sequence[int]) -> PersonForm:
    """The form filled with the person, or with what was typed; needs their roles loaded."""
    draft = draft_of_person(person)
    return PersonForm(
        data={
            "name": draft.name,
            "email": draft.email,
            "city_id": draft.city_id,
            "language": draft.language,
            "roles": [role.value for role in draft.roles],
            "group_ids": list(group_ids),
            "is_active": draft.is_active,
            "seen": fingerprint(draft, group_ids),
        }
    )
