"""The key of the audit trail in tests: of every process and of every database that a test opens itself."""

from exchange.audit.keys import CARRIED_AS, key_ring

KEY = "a-key-of-the-audit-trail-that-only-tests-have"
KEYS = key_ring([KEY])
CARRIED: dict[str, object] = {CARRIED_AS: KEYS}
