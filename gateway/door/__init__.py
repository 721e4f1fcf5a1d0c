"""The front door: a process of its own between the network and QuickFIX, on both sides. TLS, caps, and who may log on."""
