"""The pages of exports and imports.

They save nothing by themselves: actions does."""

from exchange.transfer.views import exports, finding_imports, imports, money_tables
from exchange.transfer.views.blueprint import blueprint

__all__ = ["blueprint", "exports", "finding_imports", "imports", "money_tables"]
