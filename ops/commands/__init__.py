"""The verbs of the command line, and how their results are shown."""
