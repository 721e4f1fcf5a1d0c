"""The control plane against a real engine, journal and certificates."""
