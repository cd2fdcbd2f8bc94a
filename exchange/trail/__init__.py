"""The pages of the audit trail, for auditors and coordinators: filtered, and to take along as a table.

They read; exchange.audit writes and verifies.
"""
