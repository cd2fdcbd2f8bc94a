"""The vocabularies of products as a reader sees them, translated when they are shown."""

from flask_babel import lazy_gettext as _

from exchange.models import CreditRole, Phase, ProductKind

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
PHASES = {
    Phase.PREPARE: _("Prepare"),
    Phase.RESPOND: _("Respond"),
    Phase.RECOVER: _("Recover"),
}
