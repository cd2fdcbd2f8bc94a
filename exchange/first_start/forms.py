"""The form of the first coordinator: who they are, and on which city's clock they work."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import InputRequired

from exchange.errors import InvalidInput
from exchange.first_start.actions import NewCoordinator
from exchange.first_start.cities import first_city
from exchange.models import City
from exchange.network.drafts import CityDraft, checked_city
from exchange.settings import Settings
from exchange.web.presentation.base_form import BaseForm, one_line, stripped


class CoordinatorForm(BaseForm):
    """Who coordinates the network."""

    name = StringField(_("Your name"), filters=[stripped], validators=[InputRequired(), one_line()])
    email = EmailField(
        _("Your e-mail address"), filters=[stripped], validators=[InputRequired(), one_line(254)]
    )


class CoordinatorOfCityForm(CoordinatorForm):
    """The same, in one of the cities that are here."""

    city_id = SelectField(_("City on whose clock you work"), coerce=int)

    def offer(self, cities: Sequence[City]) -> None:
        """Fill the list to choose from."""
        self.city_id.choices = [(city.id, city.name) for city in cities]

    def coordinator(self, cities: Sequence[City]) -> NewCoordinator:
        """What was typed; ``cities`` are those that were offered."""
        chosen = next(city for city in cities if city.id == self.city_id.data)
        return NewCoordinator(self.name.data, self.email.data, chosen)


class CoordinatorOfFirstCityForm(CoordinatorForm):
    """The same, with the first city of the network."""

    city = StringField(_("City"), filters=[stripped], validators=[InputRequired(), one_line()])
    time_zone = StringField(_("Time zone"), filters=[stripped], validators=[InputRequired(), one_line(60)])
    country = StringField(_("Country"), filters=[stripped], validators=[InputRequired(), one_line(10)])

    def coordinator(self) -> NewCoordinator:
        """What was typed. Raises InvalidInput at the field of the city that cannot be right."""
        typed = CityDraft(self.city.data, self.time_zone.data, self.country.data.upper())
        try:
            city = checked_city(typed)
        except InvalidInput as error:
            if error.field == "name":
                error.field = "city"
            raise
        return NewCoordinator(self.name.data, self.email.data, city)


def form_for_first_city(settings: Settings) -> CoordinatorOfFirstCityForm:
    """The form with the city after which the network's zone is named, or with what was typed."""
    offered = first_city(settings)
    return CoordinatorOfFirstCityForm(
        data={"city": offered.name, "time_zone": offered.time_zone, "country": offered.country}
    )
