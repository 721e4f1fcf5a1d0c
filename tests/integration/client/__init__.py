"""A whole installation with a FIX client, whose processes die and whose files are lost."""
