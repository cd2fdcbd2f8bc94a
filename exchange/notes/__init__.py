"""Notes to the network: written once by a coordinator, sent to many. Letters of a plan are not here."""
