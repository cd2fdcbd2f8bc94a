"""How an empty installation gets its first coordinator: an address printed on the console, and its page.

It stands above accounts and network, for it makes a person and signs them in. Who comes after the first is
entered on the pages of the network.
"""
