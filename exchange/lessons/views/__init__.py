"""Pages of findings and actions: each file adds its routes to the one blueprint."""

from exchange.lessons.views import action_changes, action_pages, own_action, picture, progress, register
from exchange.lessons.views.blueprint import blueprint

__all__ = ["action_changes", "action_pages", "blueprint", "own_action", "picture", "progress", "register"]
