"""The pages of the network, one file per noun."""

from exchange.network.views import bodies_and_themes, cities, directory, memberships, people, roles, seats
from exchange.network.views.blueprint import blueprint

__all__ = ["blueprint", "bodies_and_themes", "cities", "directory", "memberships", "people", "roles", "seats"]
