"""Forms of projects and what they hand over: from typed text to drafts. They save nothing."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.models import Deliverable, Project, ProjectSource
from exchange.projects.drafts import TEXT_MAX, DeliverableDraft, ProjectDraft
from exchange.projects.queries import Offered, Pairs
from exchange.projects.words import MARKINGS, SOURCES
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.decision_choices import chosen_decision, decision_field
from exchange.web.presentation.form_fields import (
    LINK_MAX,
    CheckboxesField,
    VersionedForm,
    addresses_in,
    choices,
    date_field,
    given,
    named_field,
    reason_field,
)

OUTCOME_MAX = 2_000  # characters: some sentences


class ProjectForm(VersionedForm):
    """Everything a coordinator says of a project."""

    name = StringField(
        _l("Name"),
        filters=[stripped],
        validators=[InputRequired(_l("Give the project a name.")), one_line()],
    )
    funder = StringField(_l("Who pays for it"), filters=[stripped], validators=[one_line()])
    text = TextAreaField(_l("What it is about"), filters=[stripped], validators=[some_text()])
    source = SelectField(_l("Where it comes from"), validators=[InputRequired()])
    need_id = SelectField(_l("Need"), coerce=int, default=0)
    lesson_id = SelectField(_l("Finding"), coerce=int, default=0)
    decision_id = decision_field()
    commission = StringField(_l("Commission"), filters=[stripped], validators=[one_line()])
    lead_city_id = SelectField(_l("City that leads it"), coerce=int, default=0)
    lead_organisation_id = SelectField(_l("Or the organisation that does"), coerce=int, default=0)
    partners = CheckboxesField(_l("Partners"), coerce=int)
    themes = CheckboxesField(_l("Themes"), coerce=int)
    starts_on = date_field(_l("From"))
    ends_on = date_field(_l("To"), is_needed=False)
    products = CheckboxesField(_l("Publications"), coerce=int)
    trainings = CheckboxesField(_l("Events"), coerce=int)
    marking = SelectField(_l("Marking"), choices=choices(MARKINGS.items()), default=Marking.AMBER.value)
    named = named_field()
    reason = reason_field()

    def offer(self, offered: Offered, decisions: list[SelectChoice]) -> None:
        """Fill the lists to choose from."""
        none = (0, _("None"))
        self.source.choices = choices(SOURCES.items())
        self.need_id.choices = choices([none, *offered.needs])
        self.lesson_id.choices = choices([none, *offered.lessons])
        self.decision_id.choices = decisions
        self.lead_city_id.choices = choices([(0, _("No city")), *offered.cities])
        self.lead_organisation_id.choices = choices([(0, _("No organisation")), *offered.organisations])
        self.partners.choices = choices(offered.organisations)
        self.themes.choices = choices(offered.themes)
        self.products.choices = choices(offered.products)
        self.trainings.choices = choices(offered.trainings)

    def draft(self) -> ProjectDraft:
        """What was typed; call it after the form has validated."""
        return ProjectDraft(
            name=self.name.data,
            funder=self.funder.data,
            text=self.text.data,
            source=ProjectSource(self.source.data),
            need_id=self.need_id.data or None,
            lesson_id=self.lesson_id.data or None,
            decision_id=chosen_decision(self.decision_id),
            commission=self.commission.data,
            lead_city_id=self.lead_city_id.data or None,
            lead_organisation_id=self.lead_organisation_id.data or None,
            partner_ids=frozenset(self.partners.data or ()),
            theme_ids=frozenset(self.themes.data or ()),
            product_ids=frozenset(self.products.data or ()),
            training_ids=frozenset(self.trainings.data or ()),
            starts_on=given(self.starts_on.data),
            ends_on=self.ends_on.data,
            marking=Marking(self.marking.data),
            named=addresses_in(self.named),
        )


class CloseForm(VersionedForm):
    """What came of a project."""

    outcome = TextAreaField(
        _l("What came of it"),
        filters=[stripped],
        validators=[InputRequired(_l("Say what came of it, in some sentences.")), some_text(OUTCOME_MAX)],
    )


class DeliverableForm(VersionedForm):
    """What is handed over, by whom, by when."""

    text = StringField(
        _l("What is handed over"),
        filters=[stripped],
        validators=[InputRequired(_l("Say what is handed over, in one sentence.")), one_line(TEXT_MAX)],
    )
    owner = StringField(
        _l("E-mail address of the person who owes it"), filters=[stripped], validators=[one_line()]
    )
    owner_city_id = SelectField(_l("Or the city that owes it"), coerce=int, default=0)
    due_on = date_field(_l("Due on"))
    withdrawn_reason = StringField(
        _l("Why nobody owes it any more"), filters=[stripped], validators=[one_line()]
    )

    def offer(self, cities: Pairs) -> None:
        """Fill the list of cities."""
        self.owner_city_id.choices = choices([(0, _("No city")), *cities])

    def draft(self) -> DeliverableDraft:
        """What was typed; call it after the form has validated."""
        return DeliverableDraft(
            text=self.text.data,
            due_on=given(self.due_on.data),
            owner=self.owner.data,
            owner_city_id=self.owner_city_id.data or None,
            withdrawn_reason=self.withdrawn_reason.data,
        )


class DoneForm(VersionedForm):
    """What shows that it was handed over."""

    evidence = StringField(
        _l("What shows it"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say what shows it: a link that begins with https://, or a sentence.")),
            one_line(LINK_MAX),
        ],
    )


def typed_project(project: Project, named: str) -> dict[str, object]:
    """What the form shows of a saved project."""
    ids = ("need_id", "lesson_id", "decision_id", "lead_city_id", "lead_organisation_id")
    plain = ("name", "funder", "text", "source", "commission", "starts_on", "ends_on", "marking", "version")
    typed: dict[str, object] = {name: getattr(project, name) or 0 for name in ids}
    typed |= {name: getattr(project, name) for name in plain}
    for name in ("partners", "themes", "products", "trainings"):
        typed[name] = [one.id for one in getattr(project, name)]
    return typed | {"named": named}


def typed_deliverable(row: Deliverable) -> dict[str, object]:
    """The same of what it hands over."""
    typed: dict[str, object] = {name: getattr(row, name) for name in ("text", "due_on", "version")}
    typed |= {"owner_city_id": row.owner_city_id or 0, "withdrawn_reason": row.withdrawn_reason}
    return typed | {"owner": row.owner.email if row.owner else ""}
