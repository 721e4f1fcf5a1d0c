"""The shape of the database, one step per file, and the command that brings a database up to it."""
