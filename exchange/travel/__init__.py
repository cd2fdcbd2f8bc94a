"""How people travelled to events, as numbers, and a year of it. Who was there is exchange.attendance's."""
