"""The vocabularies of products as a reader sees them, translated when they are shown."""

from flask_babel import lazy_gettext as _

from exchange.models import CreditRole, ProductKind

KINDS = {
    ProductKind.EXCHANGE_NOTE: _("Exchange note"),
    ProductKind.REPORT: _("Report"),
    ProductKind.POLICY_BRIEF: _("Policy brief"),
    ProductKind.POST_EXERCISE_REPORT: _("Post-exercise report"),
    ProductKind.ANNUAL_REPORT: _("Annual report"),
    ProductKind.NEWSLETTER: _("Newsletter"),
    ProductKind.VIDEO: _("Video"),
}
CREDIT_ROLES = {
    CreditRole.LEAD_AUTHOR: _("Lead author"),
    CreditRole.CO_AUTHOR: _("Co-author"),
    CreditRole.CONTRIBUTOR: _("Contributor"),
    CreditRole.REVIEWER: _("Independent reviewer"),
}
_STARTING_HEADINGS = {  # of kinds that begin with some; the last two are the standing questions of asks
    ProductKind.POST_EXERCISE_REPORT: (
        _("What was exercised"),
        _("What went well"),
        _("What to do better"),
        _("Who is missing from this, whom we should ask or hear?"),
        _("Who is affected indirectly, without being there?"),
    )
}


def starting_text(kind: str) -> str:
    """The headings that a product of this kind begins with, in Markdown; "" for none."""
    headings = _STARTING_HEADINGS.get(ProductKind(kind), ())
    return "\n\n".join(f"## {heading}" for heading in headings)
