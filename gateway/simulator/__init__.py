"""A broker that speaks FIX 4.4, keeps its own ledger, and can misbehave on demand."""
