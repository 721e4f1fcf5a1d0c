"""The worker process between two ends that a test holds: the engine's socket and a counterparty's."""
