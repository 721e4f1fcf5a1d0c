"""Benchmarks: they print numbers, one line of JSON per figure, and assert nothing (`python -m tests.bench [FIGURE]`)."""
