"""The one durable truth: records, batches, their hashes, and the PostgreSQL tables that hold them."""
