"""The forms of the network: what was typed becomes a draft. They save nothing."""
