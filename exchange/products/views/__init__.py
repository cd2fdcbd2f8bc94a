"""All pages of products: one blueprint, with the library."""

from exchange.products.views import details, library, products, reviews
from exchange.products.views.blueprint import blueprint

__all__ = ["blueprint", "details", "library", "products", "reviews"]
