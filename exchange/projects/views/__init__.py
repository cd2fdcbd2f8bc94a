"""The pages of projects and of what they hand over. They save nothing by themselves: actions do."""

from exchange.projects.views import deliverables, pages
from exchange.projects.views.blueprint import blueprint

__all__ = ["blueprint", "deliverables", "pages"]
