"""Forms of standing documents: from typed text to drafts. They save nothing."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from exchange.models import DocumentKind, StandingDocument
from exchange.standing_documents.actions import DocumentDraft
from exchange.web.presentation.base_form import one_line, stripped
from exchange.web.presentation.form_fields import LINK_MAX, VersionedForm, choices, date_field, given

KINDS = {
    DocumentKind.EQUALITY: _l("Equality impact assessment"),
    DocumentKind.PRIVACY: _l("Privacy notice"),
    DocumentKind.ACCESSIBILITY: _l("Accessibility statement"),
    DocumentKind.TERMS: _l("Terms"),
}


class DocumentForm(VersionedForm):
    """One document, whose it is and when it is reviewed."""

    title = StringField(
        _l("Title"), filters=[stripped], validators=[InputRequired(_l("Give it a title.")), one_line()]
    )
    kind = SelectField(
        _l("Kind"),
        choices=choices((key.value, words) for key, words in KINDS.items()),
        validators=[InputRequired()],
    )
    link = StringField(
        _l("Link"),
        filters=[stripped],
        validators=[InputRequired(_l("A link begins with https://.")), one_line(LINK_MAX)],
    )
    owner = StringField(
        _l("Owner"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Give the e-mail address of somebody who is in the network.")),
            one_line(),
        ],
    )
    reviewed_on = date_field(_l("Reviewed on"), is_needed=False)
    review_on = date_field(_l("Next review"))

    def draft(self) -> DocumentDraft:
        """What was typed; call it after the form has validated."""
        return DocumentDraft(
            title=self.title.data,
            kind=DocumentKind(self.kind.data),
            link=self.link.data,
            owner=self.owner.data,
            review_on=given(self.review_on.data),
            reviewed_on=self.reviewed_on.data,
        )


class ReviewForm(VersionedForm):
    """It was reviewed; when it is next."""

    review_on = date_field(_l("Next review"))


def typed_document(document: StandingDocument) -> dict[str, object]:
    """What the form shows of a saved document; needs its owner."""
    same = ("title", "kind", "link", "reviewed_on", "review_on", "version")
    return {name: getattr(document, name) for name in same} | {"owner": document.owner.email}
