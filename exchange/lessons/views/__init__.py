"""Pages of findings and actions: each file adds its routes to the one blueprint."""

from exchange.lessons.views import (
    action_changes,
    action_pages,
    asking,
    own_action,
    picture,
    progress,
    register,
)
from exchange.lessons.views.blueprint import blueprint

__all__ = [
    "action_changes",
    "action_pages",
    "asking",
    "blueprint",
    "own_action",
    "picture",
    "progress",
    "register",
]
