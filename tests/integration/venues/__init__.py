"""Two counterparties that nobody wrote code for: a file each, of different versions and dialects."""
