"""A form of this package that was sent: its action is taken, or what was wrong is said in it."""

from collections.abc import Callable

from sqlmodel import Session

from exchange.errors import InvalidInput
from exchange.web.access.request_context import transaction
from exchange.web.presentation.base_form import BaseForm


def is_done(form: BaseForm, action: Callable[[Session], None]) -> bool:
    """Whether the form was sent, was right, and the action was taken; what was wrong is said in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with transaction() as session:
            action(session)
    except InvalidInput as error:
        form.add_error(error)
        return False
    return True
