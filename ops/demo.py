"""`make run`: everything on one machine, a basket of real orders through it, and what becomes of each."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import msgspec
from rich.console import Console
from rich.live import Live
from rich.table import Table

from gateway.api.v1 import order_service_pb2 as api
from gateway.api.v1.fix_pb2 import OrdStatus, OrdType, Side, TimeInForce
from gateway.api.v1.order_pb2 import Order
from gateway.api.v1.session_pb2 import SESSION_PHASE_READY
from gateway.control.client import CallRefused, Client, Unanswered, Unreachable
from gateway.control.tls import Files
from oms.domain.numbers import plain
from ops.settings import Settings, load
from ops.supervisor import Supervisor

READY_S_MAX = 60.0
PRICED_S_MAX = 30.0
SETTLED_S_MAX = 60.0
_POLL_S = 0.1
_LOG_COLUMNS = 150
"""How wide the table is where nobody can say how wide the paper is."""
_ACCOUNT, _SYMBOL = "DESK1", "EURUSD"
_LOT_PRICE_STEP = Decimal("0.0001")
_FAR, _NEAR = 100 * _LOT_PRICE_STEP, 20 * _LOT_PRICE_STEP
_ENDED = frozenset({OrdStatus.ORD_STATUS_FILLED, OrdStatus.ORD_STATUS_CANCELED, OrdStatus.ORD_STATUS_REJECTED})


class NotReady(Exception):
    """The installation did not come up in time; says which log to read."""


class Step(msgspec.Struct):
    """One order of the basket, and how it is expected to end."""

    request: api.SubmitRequest
    expected: str
    """OrdStatus(39), or the refusal."""
    cancels: bool = False
    order: Order | None = None
    refusal: str = ""
    reason: str = ""

    @property
    def status(self) -> str:
        if self.refusal:
            return self.refusal
        return "-" if self.order is None else _name(OrdStatus.Name(self.order.ord_status), "ORD_STATUS_")

    @property
    def is_settled(self) -> bool:
        return bool(self.refusal) or (self.order is not None and self.order.ord_status in _ENDED)


def run(file: Path, *, check: bool) -> int:
    """The demonstration: until Ctrl-C, or, with `check`, until every order has ended. Returns the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Also where SIGINT is ignored, as it is behind a shell's `&`.
    console = Console(stderr=check)
    if not console.is_terminal:
        console.width = _LOG_COLUMNS
    started_s = time.monotonic()
    try:
        with _installation(file, console) as (settings, client):
            steps = _trade(client, console, is_live=not check and console.is_terminal)
            good = all(step.status == step.expected for step in steps)
            sys.stdout.write(_summary(steps, time.monotonic() - started_s) + "\n")
            sys.stdout.flush()
            if check:
                return 0 if good else 1
            _invite(console, settings)
            threading.Event().wait()
    except NotReady as failure:
        console.print(f"[red]fixgate: {failure}[/]")
        return 1
    except KeyboardInterrupt:
        console.print("stopped")
    return 0


@contextmanager
def _installation(file: Path, console: Console) -> Iterator[tuple[Settings, Client]]:
    """All processes up and the FIX sessions ready; all of them ended afterwards."""
    settings = load(file)
    broker, data = settings.counterparties[0], str(settings.data / "simulator")
    simulator = ["simulator", "--port", str(broker.port), "--data", data, "--begin-string", broker.begin_string]
    supervisor = Supervisor(file, {"simulator": simulator})
    console.print("starting PostgreSQL, the engine, the FIX workers and a simulated broker …")
    try:
        supervisor.start()
        looking_after = threading.Thread(target=supervisor.run, name="supervisor", daemon=True)
        looking_after.start()
        folder = settings.certificates
        who = Files(folder / "trader-desk1.pem", folder / "trader-desk1.key", folder / "ca.pem")
        with Client(settings.environment.listen, who) as client:
            _wait_ready(client, supervisor)
            yield settings, client
    finally:
        console.print("ending every process …")
        supervisor.stop()


def _wait_ready(client: Client, supervisor: Supervisor) -> None:
    deadline_s = time.monotonic() + READY_S_MAX
    said = "nothing answered"
    while time.monotonic() < deadline_s:
        try:
            sessions = client.sessions()
            if sessions and all(session.phase == SESSION_PHASE_READY for session in sessions):
                return
            said = f"FIX sessions not ready: {', '.join(s.name for s in sessions if s.phase != SESSION_PHASE_READY)}"
        except (Unreachable, Unanswered) as failure:
            said = str(failure)
        threading.Event().wait(_POLL_S)
    raise NotReady(f"{said} after {READY_S_MAX:.0f} s; the logs are in {supervisor.log_of('engine').parent}")


def _trade(client: Client, console: Console, *, is_live: bool) -> list[Step]:
    """Send the basket and follow it until every order has ended."""
    first = _first(client)
    market_px = Decimal(first.order.requests[0].decision.reference_px) if first.order is not None else Decimal(0)
    steps = [first, *(_submit(client, step) for step in _basket(market_px))] if market_px else [first]
    deadline_s = time.monotonic() + SETTLED_S_MAX
    with Live(_table(steps), console=console, refresh_per_second=8, transient=False) if is_live else _nothing() as live:
        while not all(step.is_settled for step in steps) and time.monotonic() < deadline_s:
            for step in steps:
                _follow(client, step)
            if isinstance(live, Live):
                live.update(_table(steps))
            threading.Event().wait(_POLL_S)
    if not is_live:
        console.print(_table(steps))
    return steps


def _first(client: Client) -> Step:
    """READY says that orders can travel, not that a price was heard: refused for want of one, it is sent again."""
    deadline_s = time.monotonic() + PRICED_S_MAX
    while True:
        step = _submit(client, Step(_request("market buy", Side.SIDE_BUY, "1000"), "FILLED"))
        if step.refusal != "NO_REFERENCE_PX" or time.monotonic() > deadline_s:
            return step
        threading.Event().wait(_POLL_S)


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _basket(market_px: Decimal) -> list[Step]:
    """Buy and sell, market and limit, one that rests and is cancelled, one larger than a quote, one that risk refuses."""
    near_buy, near_sell, far_buy = market_px + _NEAR, market_px - _NEAR, market_px - _FAR
    return [
        Step(_request("market sell", Side.SIDE_SELL, "1000"), "FILLED"),
        Step(_request("limit buy", Side.SIDE_BUY, "5000", near_buy), "FILLED"),
        Step(_request("limit sell", Side.SIDE_SELL, "5000", near_sell), "FILLED"),
        Step(_request("large buy", Side.SIDE_BUY, "1500000", near_buy), "FILLED"),
        Step(_request("resting buy", Side.SIDE_BUY, "2000", far_buy), "CANCELED", cancels=True),
        Step(_request("too large", Side.SIDE_BUY, "5000000", near_buy), "ORDER_QTY_EXCEEDS_MAX"),
    ]


def _request(name: str, side: Side, order_qty: str, price: Decimal | None = None) -> api.SubmitRequest:
    return api.SubmitRequest(
        client_order_id=f"{name.replace(' ', '-')}-{time.time_ns() // 1_000_000}",
        account=_ACCOUNT,
        symbol=_SYMBOL,
        side=side,
        ord_type=OrdType.ORD_TYPE_MARKET if price is None else OrdType.ORD_TYPE_LIMIT,
        order_qty=order_qty,
        price="" if price is None else plain(price),
        time_in_force=TimeInForce.TIME_IN_FORCE_DAY,
    )


def _submit(client: Client, step: Step) -> Step:
    try:
        client.submit(step.request)
        _follow(client, step)
    except CallRefused as refused:
        step.refusal, step.reason = refused.refusal, refused.text
    return step


def _follow(client: Client, step: Step) -> None:
    """How the order stands; the one that rests is cancelled as soon as the venue has it."""
    if step.is_settled:
        return
    step.order = client.get(api.GetRequest(client_order_id=step.request.client_order_id))
    step.reason = step.order.text
    if step.cancels and step.order.ord_status == OrdStatus.ORD_STATUS_NEW:
        step.cancels = False
        client.cancel(api.CancelRequest(client_order_id=f"cancel-{step.request.client_order_id}", root_id=step.order.root_id))


def _table(steps: list[Step]) -> Table:
    table = Table(title="what happens to each order")
    for heading in ("order", "side"):
        table.add_column(heading, no_wrap=True)
    for heading in ("qty", "price"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for heading in ("cum", "leaves", "average"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("reason", overflow="fold")
    for step in steps:
        request, order = step.request, step.order
        colour = "green" if step.status == step.expected else "red" if step.is_settled else "yellow"
        table.add_row(
            step.request.client_order_id.rpartition("-")[0],
            _name(Side.Name(request.side), "SIDE_"),
            request.order_qty,
            request.price or "market",
            f"[{colour}]{step.status}[/]",
            order.cum_qty if order else "",
            order.leaves_qty if order else "",
            f"{Decimal(order.avg_px):.6f}" if order is not None and order.avg_px else "",
            step.reason,
        )
    return table


def _summary(steps: list[Step], seconds: float) -> str:
    """One line for people and for `make demo-check`."""
    counts: dict[str, int] = {}
    for step in steps:
        counts[step.status.lower()] = counts.get(step.status.lower(), 0) + 1
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    wrong = [step.request.client_order_id for step in steps if step.status != step.expected]
    verdict = f"NOT as expected: {', '.join(wrong)}" if wrong else "all as expected"
    return f"demo: {len(steps)} orders, {told}; {verdict}; {seconds:.1f} s"


def _invite(console: Console, settings: Settings) -> None:
    console.print(
        f"\nUp: gRPC on {settings.environment.listen}. From another terminal:\n"
        f"  {sys.executable.rpartition('/')[0]}/fixgate order buy 100 EURUSD --limit 1.3850 --account DESK1\n"
        f"  {sys.executable.rpartition('/')[0]}/fixgate orders\n"
        "Ctrl-C ends every process."
    )


def _name(text: str, prefix: str) -> str:
    return text.removeprefix(prefix)
