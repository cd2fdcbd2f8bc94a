"""The blueprint of the network, and what its views share."""

from collections.abc import Callable

from flask import Blueprint, flash, render_template
from flask_babel import gettext as _

from exchange.errors import Conflict, InvalidInput
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.date_formats import sentence

blueprint = Blueprint("network", __name__)

Page = tuple[str, int]


def is_saved(form: BaseForm, save: Callable[[], str]) -> bool:
    """Whether the form was sent, was right, and ``save`` did it; ``save`` returns what it saved.

    What was wrong stands in the form afterwards. An error of ``save`` leaves nothing saved.
    """
    if not form.validate_on_submit():
        return False
    try:
        name = save()
    except InvalidInput as error:
        form.add_error(error)
        return False
    except Conflict as error:
        form.form_errors.append(sentence(error))
        return False
    flash(_("%(name)s was saved.", name=name))
    return True


def form_page(template: str, form: BaseForm, **values: object) -> Page:
    """The page with the form: 200 when it is fresh, 400 when something in it is wrong."""
    return render_template(template, form=form, **values), 400 if form.errors else 200
