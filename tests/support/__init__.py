"""What tests share: polling, ports, databases, certificates."""
