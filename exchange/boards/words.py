"""The vocabulary of boards as pages show it, translated when it is shown."""

from flask_babel import lazy_gettext as _l

from exchange.models import PublicationStatus

PUBLICATION_STATUSES = {
    PublicationStatus.IN_FULL: _l("Published in full"),
    PublicationStatus.IN_PART: _l("Published in part"),
    PublicationStatus.NOT: _l("Not published"),
}
