"""How a page tries what a form asks for, and says in the form why it was refused.

It opens no transaction; what was typed stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from exchange.errors import Conflict, InvalidInput
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.date_formats import sentence


@dataclass
class Attempt:
    """What came of it: done, refused with ``error``, or not tried."""

    form: BaseForm
    is_done: bool = False
    error: Conflict | InvalidInput | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows the form, with what is wrong if anything is."""
        if isinstance(self.error, Conflict):
            return 409
        return 400 if self.form.errors else 200


@contextmanager
def attempt(form: BaseForm) -> Iterator[Attempt]:
    """Do what stands in the block; a refusal goes to the form: at its field, a conflict over all of it.

    with attempt(form) as tried, transaction() as session:
        ...
    if tried.is_done:
        return redirect(...)
    """
    tried = Attempt(form)
    try:
        yield tried
        tried.is_done = True
    except Conflict as error:
        tried.error = error
        form.form_errors.append(sentence(error))
    except InvalidInput as error:
        tried.error = error
        form.add_error(error)
