"""What each role is for: two plain sentences, and the page to begin at. Words; rights are the policy's."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from exchange.models import Role

GROUP_CHAIR, BOARD_MEMBER, PUBLIC = "group chair", "board member", "public"


@dataclass(frozen=True)
class RolePurpose:
    """A role by its key, its name, what it does, and the endpoint to begin at with the words of its link."""

    key: str
    name: str
    does: str
    endpoint: str
    begin: str


PURPOSES = (
    RolePurpose(
        Role.COORDINATOR,
        _("Network coordinator"),
        _(
            "Plans the year, publishes exchanges and training events, writes letters and keeps the network's"
            " cities and people. What is TLP:RED they see only when they are named on it."
        ),
        "programme.home",
        _("the programme, with what comes next"),
    ),
    RolePurpose(
        Role.CITY_LEAD,
        _("City lead"),
        _(
            "Speaks for a city: answers questions in its name and says whether it comes. In an exchange that"
            " the city leads, they write the product with the expert groups."
        ),
        "cycles.cycles",
        _("the city's exchanges"),
    ),
    RolePurpose(
        Role.CITY_CONTACT,
        _("City contact"),
        _(
            "Answers for a city and keeps its calendars: its feed, busy times and quiet weeks. Letters to the"
            " city come to them."
        ),
        "feeds.feeds",
        _("the city's calendar"),
    ),
    RolePurpose(
        GROUP_CHAIR,
        _("Chair of an expert group"),
        _(
            "Sees who of the group has answered, and hands the group's answers in together. They write the"
            " product of an exchange that invites the group."
        ),
        "cycles.cycles",
        _("the group's exchanges"),
    ),
    RolePurpose(
        Role.EXPERT,
        _("Expert"),
        _(
            "Answers questions by the link in a letter, without an account. A seat in a group opens that"
            " group's exchanges and calendar, and no city's."
        ),
        "feeds.feeds",
        _("the groups' calendars"),
    ),
    RolePurpose(
        BOARD_MEMBER,
        _("Board member"),
        _(
            "Reads the exchanges and events of the whole network up to TLP:AMBER, and their products. They"
            " change nothing in the programme."
        ),
        "products.library",
        _("the library of products"),
    ),
    RolePurpose(
        Role.FINANCE_CONTACT,
        _("Finance contact"),
        _(
            "Is whom the network asks about a share of its costs. They read what is for all members, and find"
            " people in the directory."
        ),
        "programme.home",
        _("the programme"),
    ),
    RolePurpose(
        Role.AUDITOR,
        _("Auditor"),
        _(
            "Reads exchanges, events and products up to TLP:AMBER, and the trail of every change. They change"
            " nothing, and no letter asks them for anything."
        ),
        "programme.home",
        _("the programme"),
    ),
    RolePurpose(
        Role.LIAISON,
        _("Partner’s liaison"),
        _(
            "Stands for an organisation that works with the network. They read what is for all members, and"
            " find people in the directory."
        ),
        "products.library",
        _("the library of products"),
    ),
    RolePurpose(
        PUBLIC,
        _("Everybody"),
        _(
            "Sees what is TLP:CLEAR: the open programme, its calendar and open products. No account is needed"
            " for it."
        ),
        "programme.home",
        _("the open programme"),
    ),
)


def purposes_for(held: Collection[str]) -> tuple[list[RolePurpose], list[RolePurpose]]:
    """Those of the reader, then the others, each in the order of PURPOSES."""
    mine = [one for one in PURPOSES if one.key in held]
    return mine, [one for one in PURPOSES if one.key not in held]
