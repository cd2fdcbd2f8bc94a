"""Roles as the people who hold them, for the form and the pages of notes."""

from flask_babel import lazy_gettext as _

from exchange.models import Role

ROLES = {
    Role.CITY_LEAD: _("Leads of all cities"),
    Role.CITY_CONTACT: _("Contacts of all cities"),
    Role.EXPERT: _("Experts"),
    Role.COORDINATOR: _("Coordinators"),
    Role.FINANCE_CONTACT: _("Finance contacts"),
    Role.AUDITOR: _("Auditors"),
    Role.LIAISON: _("Liaisons of partners"),
}
