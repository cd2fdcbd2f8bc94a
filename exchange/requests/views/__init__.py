"""Pages of requests: the public forms, the page behind a link, and those of who answers."""

from exchange.requests.views import asking, deciding, following
from exchange.requests.views.blueprint import blueprint

__all__ = ["asking", "blueprint", "deciding", "following"]
