"""The pages of the network, one file per noun."""

from exchange.network.views import cities, entries, memberships, people, seats
from exchange.network.views.blueprint import blueprint

__all__ = ["blueprint", "cities", "entries", "memberships", "people", "seats"]
