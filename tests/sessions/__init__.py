"""FIX session-level test cases, played by a peer that can say anything against the acceptor that serves clients."""
