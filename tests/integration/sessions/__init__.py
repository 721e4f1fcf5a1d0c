"""Peers that are no QuickFIX, against the acceptor that serves clients."""
