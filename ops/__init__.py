"""How it is run: command line, settings, supervision, migrations."""
