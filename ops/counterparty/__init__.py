"""A counterparty as data: what its file may say, what is wrong with it, and what it means for the engine and the workers."""
