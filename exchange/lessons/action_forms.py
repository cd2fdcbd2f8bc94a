"""Forms of actions: from typed text to drafts. They save nothing."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.lessons.drafts import TEXT_MAX, ActionDraft, UpdateDraft
from exchange.lessons.forms import NOTE_MAX
from exchange.lessons.queries import Origins
from exchange.lessons.words import ACTION_STATES, MARKINGS
from exchange.models import ActionState, ImprovementAction
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    LINK_MAX,
    VersionedForm,
    choices,
    date_field,
    given,
    reason_field,
)

_ALONE = {marking: words for marking, words in MARKINGS.items() if marking is not Marking.RED}


class ActionForm(VersionedForm):
    """What is to be done, by whom, by when. Only one that stands alone has origin, theme and marking."""

    text = StringField(
        _l("What is to be done"),
        filters=[stripped],
        validators=[InputRequired(_l("Say what is to be done, in one sentence.")), one_line(TEXT_MAX)],
    )
    owner = StringField(
        _l("E-mail address of the person who owns it"), filters=[stripped], validators=[one_line()]
    )
    owner_city_id = SelectField(_l("Or the city that owns it"), coerce=int, default=0)
    starts_on = date_field(_l("Starts on"), is_needed=False)
    due_on = date_field(_l("Due on"))
    theme_id = SelectField(_l("Theme"), coerce=int, default=0)
    cycle_id = SelectField(_l("Exchange"), coerce=int, default=0)
    training_id = SelectField(_l("Training event"), coerce=int, default=0)
    marking = SelectField(_l("Marking"), choices=choices(_ALONE.items()), default=Marking.AMBER.value)
    reason = reason_field()

    def offer(self, origins: Origins, *, owner_city: tuple[int, str] | None = None) -> None:
        """Fill the lists to choose from; a city that owns it already is offered in any case."""
        self.marking.flags.required = True  # said beside the label; of a finding it is not asked
        cities = dict([*origins.cities, *([owner_city] if owner_city else [])])
        self.owner_city_id.choices = choices([(0, _("No city")), *cities.items()])
        self.theme_id.choices = choices([(0, _("No theme")), *origins.themes])
        self.cycle_id.choices = choices([(0, _("None")), *origins.cycles])
        self.training_id.choices = choices([(0, _("None")), *origins.trainings])

    def draft(self) -> ActionDraft:
        """What was typed; call it after the form has validated."""
        return ActionDraft(
            text=self.text.data,
            due_on=given(self.due_on.data),
            owner=self.owner.data,
            owner_city_id=self.owner_city_id.data or None,
            starts_on=self.starts_on.data,
            theme_id=self.theme_id.data or None,
            cycle_id=self.cycle_id.data or None,
            training_id=self.training_id.data or None,
            marking=Marking(self.marking.data),
        )


class UpdateForm(VersionedForm):
    """What an owner says in two minutes."""

    state = SelectField(_l("Where it stands"), validators=[InputRequired()])
    note = TextAreaField(_l("Note"), filters=[stripped], validators=[some_text(NOTE_MAX)])
    evidence = StringField(_l("What shows it"), filters=[stripped], validators=[one_line(LINK_MAX)])

    def offer(self) -> None:
        """Fill the list: everything but verified, which somebody else says."""
        own = (one for one in ActionState if one is not ActionState.VERIFIED)
        self.state.choices = choices((one.value, ACTION_STATES[one][0]) for one in own)

    def draft(self) -> UpdateDraft:
        """What was typed; call it after the form has validated."""
        return UpdateDraft(ActionState(self.state.data), self.note.data, self.evidence.data)


def typed_action(action: ImprovementAction) -> dict[str, object]:
    """What the form shows of a saved action."""
    ids = ("owner_city_id", "theme_id", "cycle_id", "training_id")
    typed: dict[str, object] = {name: getattr(action, name) or 0 for name in ids}
    typed |= {name: getattr(action, name) for name in ("text", "starts_on", "due_on", "version")}
    marking = action.marking or Marking.AMBER.value
    return typed | {"owner": action.owner.email if action.owner else "", "marking": marking}


def typed_update(action: ImprovementAction) -> dict[str, object]:
    """What the form shows of what was said last."""
    return {name: getattr(action, name) for name in ("state", "note", "evidence", "version")}
