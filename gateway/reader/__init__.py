"""What was said and done, read back: for people, and beside the engine, never in it."""
