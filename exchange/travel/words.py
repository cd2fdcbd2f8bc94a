"""How people travel, in words."""

from flask_babel import lazy_gettext as _

from exchange.models import Transport

TRANSPORTS = {
    Transport.TRAIN: _("Train"),
    Transport.PLANE: _("Plane"),
    Transport.CAR: _("Car"),
    Transport.OTHER: _("Other"),
}
