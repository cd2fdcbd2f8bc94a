"""The list of a form from which one decision is chosen, as far as the reader may know of them.

class MoneyForm(VersionedForm):
    decision_id = decision_field()

with reading() as session:
    form.decision_id.choices = decision_choices(session, row.decision_id)
draft.decision_id = chosen_decision(form.decision_id)
"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlmodel import Session
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from exchange.answering.decisions import known_decisions
from exchange.web.access.request_context import standing
from exchange.web.presentation.form_fields import choices


def decision_field() -> SelectField:
    """The decision that something rests on; 0 for none."""
    return SelectField(_l("Decision"), coerce=int, default=0)


def decision_choices(session: Session, present: int | None = None) -> list[SelectChoice]:
    """None, and every decision that the reader may know of, the newest first.

    One that the row names at ``present`` and the reader may not know of is offered without its name, so
    that saving the form keeps it.
    """
    known = known_decisions(session, standing())
    pairs: list[tuple[int, str]] = [(0, _("None"))]
    if present is not None and present not in {one.id for one in known}:
        pairs.append((present, _("A decision that is not open to you")))
    return choices([*pairs, *((one.id or 0, f"{one.reference} {one.title}") for one in known)])


def chosen_decision(field: SelectField) -> int | None:
    """The id of what was chosen; None for none."""
    return field.data or None
