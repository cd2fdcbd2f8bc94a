"""Standing documents of the network with their reviews. The documents themselves stand elsewhere."""
