"""The simulated broker over TCP and over its own death."""
