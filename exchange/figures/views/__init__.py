"""Pages and files of figures: of a year or quarter, and frozen in annual reports."""

from exchange.figures.views import figures, reports
from exchange.figures.views.blueprint import blueprint

__all__ = ["blueprint", "figures", "reports"]
