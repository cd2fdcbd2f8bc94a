"""deploy/ and docs/operations.md, each tried as far as one machine without a supervisor allows."""
