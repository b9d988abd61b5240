"""What leaves: the outbox's worker, rendering, retries, fail-over, and the clocks' alarm."""
