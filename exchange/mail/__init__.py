"""Mail: letters are composed, queued in the outbox, and delivered. Nothing else sends."""
