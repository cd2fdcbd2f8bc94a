"""The vocabularies of money in words, for pages and letters."""

from flask_babel import lazy_gettext as _

from exchange.rules.money.balances import LineKind, Outcome

LINE_KINDS = {
    LineKind.BUDGET: _("Budget"),
    LineKind.COMMITMENT: _("Commitment"),
    LineKind.ACTUAL: _("Actual cost"),
    LineKind.INVOICE: _("Invoice"),
    LineKind.RECEIPT: _("Receipt"),
    LineKind.IN_KIND: _("In kind"),
}
OUTCOMES = {
    Outcome.CARRIED: _("Carried forward to the next year"),
    Outcome.CREDITED: _("Credited to the payers by their shares"),
}
MONTHS = {
    1: _("January"),
    2: _("February"),
    3: _("March"),
    4: _("April"),
    5: _("May"),
    6: _("June"),
    7: _("July"),
    8: _("August"),
    9: _("September"),
    10: _("October"),
    11: _("November"),
    12: _("December"),
}
