"""Pages and files of figures: of a year or quarter, frozen in annual reports, and of one payer."""

from exchange.figures.views import figures, reports, statements
from exchange.figures.views.blueprint import blueprint

__all__ = ["blueprint", "figures", "reports", "statements"]
