"""The addresses that monitors ask, and not people. What they are told stands in exchange.operations."""

HEALTH, READY, METRICS = "/healthz", "/readyz", "/metrics"
PROBES = frozenset({HEALTH, READY, METRICS})
