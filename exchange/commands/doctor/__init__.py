"""`exchange doctor`: looks whether an installation is well, a line for each part. It repairs nothing."""
