"""My desk: what one person owes the network, by when. It decides nothing and knows no rows of its own."""
