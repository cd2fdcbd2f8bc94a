"""The form of an import: a file, and what counts for rows that do not say it themselves."""

import base64
import binascii
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.errors import InvalidInput
from exchange.models import TrainingKind, TrainingMode
from exchange.rules.markings.tlp_labels import Marking
from exchange.transfer.drafts import Usual
from exchange.web.presentation.base_form import BaseForm, some_text, stripped
from exchange.web.presentation.form_fields import REASON_MAX
from exchange.web.presentation.words import MARKINGS, TRAINING_KINDS, TRAINING_MODES

FILE_MAX_BYTES = 300_000  # ten times a programme of 200 rows; it travels in the form between two pages


class FileForm(BaseForm):
    """A file; ``carried`` holds the one that was looked at before, and ``seen`` what was said of it."""

    file = FileField(_l("File"))
    carried = HiddenField()
    seen = HiddenField()

    nothing_chosen = "Choose a file: a table as CSV."

    def content(self) -> bytes:
        """The file, or the one carried along. Raises InvalidInput, field "file"."""
        if self.file.data:
            content: bytes = self.file.data.read(FILE_MAX_BYTES + 1)
        else:
            content = self._carried()
        if not content:
            raise InvalidInput(self.nothing_chosen, field="file")
        if len(content) > FILE_MAX_BYTES:
            raise InvalidInput(
                "The file is larger than %(most)s kB. Import it in parts.",
                field="file",
                most=FILE_MAX_BYTES // 1000,
            )
        return content

    def carry(self, content: bytes, seen: str) -> None:
        """Take the file along to the next page, with what was said of it."""
        self.carried.data = base64.urlsafe_b64encode(content).decode()
        self.seen.data = seen

    def _carried(self) -> bytes:
        try:
            return base64.urlsafe_b64decode((self.carried.data or "").encode())
        except (binascii.Error, ValueError) as error:
            raise InvalidInput("The file was lost on the way. Choose it again.", field="file") from error


class ImportForm(FileForm):
    """A programme, and what counts for rows that do not say it."""

    nothing_chosen = "Choose a file: a table as CSV, or a calendar as .ics."

    city = SelectField(_l("City of rows that name none"), validators=[InputRequired()])
    marking = SelectField(
        _l("Marking of rows that have none"),
        default=Marking.AMBER_STRICT.value,
        validators=[InputRequired()],
    )
    kind = SelectField(
        _l("Type of training events that have none"),
        default=TrainingKind.SEMINAR.value,
        validators=[InputRequired()],
    )
    mode = SelectField(
        _l("Mode of training events that have none"),
        default=TrainingMode.HYBRID.value,
        validators=[InputRequired()],
    )
    reason = TextAreaField(
        _l("Reason for rows on blocked days"), filters=[stripped], validators=[some_text(REASON_MAX)]
    )

    def offer(self, cities: Iterable[str]) -> None:
        """Fill the lists to choose from."""
        self.file.flags.required = True  # said beside the label; a file that is carried along will do
        self.city.choices = [SelectChoice(name, name) for name in cities]
        self.marking.choices = [SelectChoice(value.value, words) for value, words in MARKINGS.items()]
        self.kind.choices = [SelectChoice(value.value, words) for value, words in TRAINING_KINDS.items()]
        self.mode.choices = [SelectChoice(value.value, words) for value, words in TRAINING_MODES.items()]

    def usual(self) -> Usual:
        """What counts for rows that do not say it."""
        return Usual(
            city=self.city.data,
            marking=Marking(self.marking.data),
            kind=TrainingKind(self.kind.data),
            mode=TrainingMode(self.mode.data),
            reason=self.reason.data or "",
        )


class MoneyForm(FileForm):
    """A table of lines of money."""

    def offer(self) -> None:
        """Say beside the label that a file is needed; one that is carried along will do."""
        self.file.flags.required = True


class FindingsForm(FileForm):
    """A table of findings, and the marking of rows that have none."""

    marking = SelectField(
        _l("Marking of rows that have none"), default=Marking.AMBER.value, validators=[InputRequired()]
    )

    def offer(self) -> None:
        """Fill the list to choose from; a file names nobody, so that nothing in it is TLP:RED."""
        self.file.flags.required = True  # as above
        self.marking.choices = [
            SelectChoice(value.value, words) for value, words in MARKINGS.items() if value is not Marking.RED
        ]
