"""The crash loop: every process is killed again and again while orders flow, and the broker's own ledger judges the outcome."""
