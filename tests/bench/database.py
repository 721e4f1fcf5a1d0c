"""Whether PostgreSQL keeps its word during a benchmark: the settings that decide if a commit is on the disk."""

from typing import TextIO

import psycopg

DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def durability(dsn: str) -> dict[str, str]:
    """The settings of `DURABILITY` as the server at `dsn` has them now."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(DURABILITY),)).fetchall()
    return dict(rows)


def show_durability(dsn: str, progress: TextIO) -> None:
    """Print the settings; ValueError if one is off, because figures without durability are not ours."""
    settings = durability(dsn)
    print("  PostgreSQL: " + ", ".join(f"{name} = {settings[name]}" for name in DURABILITY), file=progress, flush=True)
    off = [name for name in DURABILITY if settings[name] != "on"]
    if off:
        raise ValueError(f"PostgreSQL runs without {', '.join(off)}")
