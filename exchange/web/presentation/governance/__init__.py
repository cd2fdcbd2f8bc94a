"""The pages of governance behind one link; a package adds its line in pages.py."""

from exchange.web.presentation.governance.pages import GOVERNANCE, blueprints, governance_pages, is_open

__all__ = ["GOVERNANCE", "blueprints", "governance_pages", "is_open"]
