"""An import tried and taken back, and the import itself: what was said is what happens. No templates."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.errors import InvalidInput
from exchange.transfer.actions import Fate
from exchange.transfer.forms import FileForm
from exchange.web.access.request_context import transaction

Importing = Callable[[Session], list[Fate]]


class _TakenBack(Exception):
    """Ends a rehearsal, so that its transaction is not committed."""


@dataclass(frozen=True)
class Tried:
    """What becomes of each row, and how many were imported; None while they are only looked at."""

    fates: list[Fate]
    count: int | None = None


def try_import(form: FileForm, importing_of: Callable[[bytes], Importing]) -> Tried:
    """Look at the file of a form that has validated; "Import" imports it, if all comes out as it was shown.

    ``importing_of`` makes an import of what is in the file. What is refused is said in the form.
    """
    fates: list[Fate] = []
    try:
        content = form.content()
        importing = importing_of(content)
        fates = rehearsed(importing)
        if "import" in request.form and form.seen.data == digest_of(fates):
            return Tried(fates, sum(fate.is_new for fate in imported(importing, fates)))
        if "import" in request.form:
            form.form_errors.append(_("Something changed meanwhile. Look at the rows again."))
        form.carry(content, digest_of(fates))
    except InvalidInput as error:
        form.carry(b"", "")
        form.add_error(error)
    return Tried(fates)


def rehearsed(importing: Importing) -> list[Fate]:
    """The import, taken back."""
    fates: list[Fate] = []
    try:
        with transaction() as session:
            fates = importing(session)
            raise _TakenBack
    except _TakenBack:
        return fates


def imported(importing: Importing, expected: list[Fate]) -> list[Fate]:
    """What was shown, all or nothing. Raises InvalidInput, and takes it back, when it came out otherwise."""
    with transaction() as session:
        fates = importing(session)
        if fates != expected:
            raise InvalidInput("Something changed meanwhile. Look at the rows again.")
    return fates


def digest_of(fates: list[Fate]) -> str:
    """A name for what was shown."""
    return hashlib.sha256(repr(fates).encode()).hexdigest()
