"""The public contract in Python. Everything below is generated from proto/ by `make proto`."""
