"""Version 1 of the public contract, generated from proto/gateway/api/v1 by `make proto`."""
