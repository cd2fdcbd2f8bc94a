"""What is done to the network, one file per noun. Each verb checks its draft and writes the audit trail."""
