"""Forms of needs rounds and needs: from typed text to what the actions take. They save nothing."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from exchange.models import City, Need, NeedsRound, NeedState, Theme
from exchange.needs.drafts import THEMES_MOST, RankedTheme, RoundDraft
from exchange.needs.words import NEED_STATES
from exchange.rules.markings.tlp_labels import Marking, parse_marking
from exchange.web.presentation.base_form import one_line, stripped
from exchange.web.presentation.form_fields import (
    REASON_MAX,
    CheckboxesField,
    ReasonForm,
    VersionedForm,
    WholeNumberField,
    choices,
    date_field,
    given,
    reason_field,
)
from exchange.web.presentation.row_fields import PlacesField
from exchange.web.presentation.words import MARKINGS


class RoundForm(VersionedForm):
    """Everything a coordinator says of a round."""

    year = WholeNumberField(_l("Year"), validators=[InputRequired(_l("Give the year, like 2027."))])
    opens_on = date_field(_l("Opens"))
    closes_on = date_field(_l("Last day for answers"))
    city_id = SelectField(
        _l("It opens by the clock of"), coerce=int, validators=[InputRequired(_l("Choose a city."))]
    )
    themes = CheckboxesField(
        _l("Themes"), coerce=int, validators=[InputRequired(_l("Choose at least one theme."))]
    )
    cities = CheckboxesField(
        _l("Cities"), coerce=int, validators=[InputRequired(_l("Choose at least one city."))]
    )
    marking = RadioField(
        _l("Marking"),
        choices=choices((key, words) for key, words in MARKINGS.items() if key != Marking.RED),
        validators=[InputRequired(_l("Choose a marking."))],
    )

    def offer(self, cities: Sequence[City], themes: Sequence[Theme]) -> None:
        """Fill the lists to choose from."""
        self.city_id.choices = choices((city.id, city.name) for city in cities)
        self.cities.choices = choices((city.id, city.name) for city in cities)
        self.themes.choices = choices((theme.id, f"{theme.key} {theme.name}") for theme in themes)

    def draft(self) -> RoundDraft:
        """What was typed; call it after the form has validated."""
        return RoundDraft(
            year=given(self.year.data),
            opens_on=given(self.opens_on.data),
            closes_on=given(self.closes_on.data),
            city_id=self.city_id.data,
            marking=parse_marking(self.marking.data or ""),
            city_ids=frozenset(self.cities.data or ()),
            theme_ids=tuple(self.themes.data or ()),
        )


class LastDayForm(ReasonForm):
    """Another last day for answers, and why."""

    closes_on = date_field(_l("Last day for answers"))


class PlaceFields(Form):
    """The place of one theme in the board's order."""

    rank = WholeNumberField(
        _l("Place"),
        validators=[Optional(), NumberRange(1, THEMES_MOST, _l("Places count from 1."))],
    )
    reason = StringField(_l("Why"), filters=[stripped], validators=[one_line(REASON_MAX)])


class RankingForm(VersionedForm):
    """The board's order of a round's themes."""

    themes = PlacesField(FormField(PlaceFields), label=_l("Themes"))

    def show(self, theme_ids: Sequence[int]) -> None:
        """A place for each theme, in this order."""
        self._theme_ids = theme_ids
        self.themes.fill(len(theme_ids), unsent=self.themes.object_data)

    def drafts(self) -> list[RankedTheme]:
        """What was typed; call it after the form has validated."""
        return [
            RankedTheme(theme_id, entry.form.rank.data, entry.form.reason.data)
            for theme_id, entry in zip(self._theme_ids, self.themes, strict=False)
        ]


class CloseNeedForm(VersionedForm):
    """How a need ends."""

    state = RadioField(
        _l("How it ends"),
        choices=choices((key, NEED_STATES[key][0]) for key in (NeedState.ADDRESSED, NeedState.NOT_TRAINING)),
        validators=[InputRequired(_l("Choose how it is closed."))],
    )
    reason = reason_field()


def typed_from(found: NeedsRound) -> dict[str, object]:
    """What the form of a saved round shows."""
    return {
        "version": found.version,
        "year": found.year,
        "opens_on": found.opens_on,
        "closes_on": found.closes_on,
        "city_id": found.city_id,
        "themes": [one.theme_id for one in found.themes],
        "cities": [city.id for city in found.cities],
        "marking": found.marking,
    }


def typed_for_new(year: int, own_city: int, cities: Iterable[City]) -> dict[str, object]:
    """What the form of a new round offers: this city's wall, all cities, AMBER+STRICT."""
    return {
        "year": year,
        "city_id": own_city,
        "cities": [city.id for city in cities],
        "marking": Marking.AMBER_STRICT.value,
    }


def typed_ranking(version: int, theme_ids: Sequence[int], needs: Iterable[Need]) -> dict[str, object]:
    """What the form of the board's order shows: what was noted before."""
    taken = {need.theme_id: need for need in needs}
    rows = [
        {"rank": taken[one].rank, "reason": taken[one].reason} if one in taken else {"reason": ""}
        for one in theme_ids
    ]
    return {"version": version, "themes": rows}
