"""The pages of exports and imports.

They save nothing by themselves: actions does."""

from exchange.transfer.views import ask_exports, exports, finding_imports, imports, money_tables
from exchange.transfer.views.blueprint import blueprint

__all__ = ["ask_exports", "blueprint", "exports", "finding_imports", "imports", "money_tables"]
