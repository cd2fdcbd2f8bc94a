"""All pages of products: one blueprint, two files of views."""

from exchange.products.views import products, reviews
from exchange.products.views.blueprint import blueprint

__all__ = ["blueprint", "products", "reviews"]
