"""The form of a person."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from exchange.languages import LANGUAGES
from exchange.models import City, ExpertGroup, Organisation, Person, Role
from exchange.network.drafts import PersonDraft, draft_of_person, fingerprint
from exchange.network.forms.language_choices import language_choices
from exchange.network.words import ROLES
from exchange.web.presentation.base_form import BaseForm, one_line, stripped
from exchange.web.presentation.form_fields import CheckboxesField

NO_ORGANISATION = 0  # no row's id


class PersonForm(BaseForm):
    """A person with roles and expert groups."""

    name = StringField(_("Name"), filters=[stripped], validators=[InputRequired(), one_line()])
    email = StringField(_("E-mail address"), filters=[stripped], validators=[InputRequired(), one_line(254)])
    city_id = SelectField(_("City"), coerce=int)
    organisation_id = SelectField(_("Organisation"), coerce=int, default=NO_ORGANISATION)
    language = SelectField(_("Language of letters"), choices=language_choices, default=LANGUAGES[0])
    roles = CheckboxesField(_("Roles"), choices=lambda: [(role.value, word) for role, word in ROLES.items()])
    group_ids = CheckboxesField(_("Expert groups"), coerce=int)
    is_active = BooleanField(_("Is in the network: gets letters and may sign in"), default=True)
    seen = HiddenField()

    def offer(
        self, cities: Iterable[City], groups: Sequence[ExpertGroup], organisations: Iterable[Organisation]
    ) -> None:
        """Fill the lists to choose from."""
        named = [(one.id, one.name) for one in organisations]
        self.organisation_id.choices = [(NO_ORGANISATION, _("None, or not said")), *named]
        self.city_id.choices = [(city.id, city.name) for city in sorted(cities, key=lambda one: one.name)]
        self.group_ids.choices = [(group.id, f"{group.key} {group.name}") for group in groups]

    def keep_roles(self, person: Person) -> None:
        """Leave the roles as they are: they are given and ended on a page of their own, with a reason."""
        self.roles.data = [held.role for held in person.roles]

    def draft(self) -> PersonDraft:
        """What was typed, for actions.people to check and save."""
        return PersonDraft(
            name=self.name.data,
            email=self.email.data,
            city_id=self.city_id.data,
            organisation_id=self.organisation_id.data or None,
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
            "organisation_id": draft.organisation_id or NO_ORGANISATION,
            "language": draft.language,
            "roles": [role.value for role in draft.roles],
            "group_ids": list(group_ids),
            "is_active": draft.is_active,
            "seen": fingerprint(draft, group_ids),
        }
    )
