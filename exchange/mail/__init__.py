"""The mail room: letters are composed, queued in the outbox, and delivered. Nothing else sends."""
