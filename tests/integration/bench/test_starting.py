"""A start is measured as it happens: every figure comes out, and from a snapshot the fold is a part of itself."""

from tests.bench import starting


def test_one_run_yields_every_figure_of_a_start() -> None:
    values = dict(starting.measure(events=3_000, tail=500, live_orders=1_000))
    assert set(values) == {figure.name for figure in starting.FIGURES}
    memory = values.pop("memory_kib_per_live_order")
    assert isinstance(memory, float)  # Of so few orders it may be less than what the process has given back meanwhile.
    assert min(values.values()) > 0


def test_a_history_is_as_many_whole_orders_as_there_are_events_for() -> None:
    events = [type(event).__name__ for _, event in zip(range(14), starting.history(14), strict=False)]
    order = ["OrderPlaced", "MessageSent", *["ExecutionReported"] * 3]
    assert events == ["EngineStarted", "SessionGranted", "SessionLoggedOn", "SessionReady", *order, *order]
