"""What is followed up: actions and reviews of findings, with who owes each now. It changes nothing."""
