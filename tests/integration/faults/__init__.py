"""A whole gateway trades with a broker that misbehaves, and the broker's own ledger judges what became of the orders."""
