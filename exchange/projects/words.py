"""The vocabularies of projects as pages say them, translated when they are shown."""

from flask_babel import lazy_gettext as _l

from exchange.models import ProjectSource
from exchange.rules.markings.tlp_labels import Marking

SOURCES = {
    ProjectSource.NEED: _l("A need"),
    ProjectSource.FINDING: _l("A finding"),
    ProjectSource.COMMISSION: _l("A commission"),
    ProjectSource.DECISION: _l("A decision of a board"),
}
MARKINGS = {
    Marking.CLEAR: _l("TLP:CLEAR – everybody of the network"),
    Marking.GREEN: _l("TLP:GREEN – people of cities and groups, and partners that take part"),
    Marking.AMBER: _l("TLP:AMBER – who takes part or owes something, leads of cities, boards"),
    Marking.AMBER_STRICT: _l("TLP:AMBER+STRICT – who takes part or owes something, and boards"),
    Marking.RED: _l("TLP:RED – named people only"),
}
