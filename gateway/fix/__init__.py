"""The FIX worker process, and the only door to QuickFIX."""
