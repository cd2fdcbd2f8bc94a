"""Roles and memberships as a reader sees them, translated when they are shown."""

from datetime import date

from flask_babel import lazy_gettext as _

from exchange.models import City, MembershipStatus, OrganisationKind, Publication, Role
from exchange.network.city_participation import Share

ROLES = {
    Role.COORDINATOR: _("Network coordinator"),
    Role.CITY_LEAD: _("City lead"),
    Role.CITY_CONTACT: _("City contact"),
    Role.EXPERT: _("Expert"),
    Role.FINANCE_CONTACT: _("Finance contact"),
    Role.AUDITOR: _("Auditor"),
    Role.LIAISON: _("Partner’s liaison"),
}

ORGANISATION_KINDS = {
    OrganisationKind.AUTHORITY: _("Authority"),
    OrganisationKind.POLICE: _("Police"),
    OrganisationKind.FIRE: _("Fire and rescue"),
    OrganisationKind.HEALTH: _("Health"),
    OrganisationKind.ACADEMIC: _("Academic"),
    OrganisationKind.PRIVATE: _("Private"),
    OrganisationKind.THIRD_SECTOR: _("Third sector"),
    OrganisationKind.INTERNATIONAL: _("International"),
}

STATUSES = {
    MembershipStatus.LEAD: _("Lead city"),
    MembershipStatus.MEMBER: _("Member"),
    MembershipStatus.PARTNER: _("Partner"),
    MembershipStatus.OBSERVER: _("Observer"),
}

SHARES = {
    Share.LEADS: _("leads it"),
    Share.CONTRIBUTES: _("contributes"),
    Share.HOSTS: _("hosts it"),
    Share.UNSAID: "",
}

PUBLICATIONS = {
    Publication.DRAFT: _("Draft"),
    Publication.PUBLISHED: "",
    Publication.POSTPONED: _("Postponed"),
    Publication.CANCELLED: _("Cancelled"),
}


def membership_status(city: City, on: date) -> str:
    """What the city is in the network on a date, in words; needs its memberships loaded."""
    status = city.status_on(on)
    if status is not None:
        return str(STATUSES[status])
    is_coming = any(span.starts_on is not None and span.starts_on > on for span in city.memberships)
    return str(_("Not yet a member") if is_coming else _("Former member"))
