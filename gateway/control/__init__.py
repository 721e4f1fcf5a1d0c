"""The gRPC control plane: identity, permission, services."""
