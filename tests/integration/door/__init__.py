"""The front door over real sockets, with real certificates."""
