"""How soon a kill acts: orders that rest at the simulated broker are stopped again and again, and the journal says when what was.

The cancels of a kill have left when the worker has told so: that is later than they left, never sooner.
"""

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from gateway.api.v1.order_service_pb2 import MassCancelRequest, OrderServiceListRequest
from gateway.api.v1.risk_service_pb2 import ReleaseRequest
from gateway.control.client import CallRefused, Client, Unanswered, Unreachable
from gateway.control.tls import Files
from ops import drill
from ops.drill import Wanted
from tests.bench.method import Figure
from tests.bench.spine import ENGINE_CORE
from tests.support.installation import Installation
from tests.support.journals import rows
from tests.support.polling import eventually

KILLS, ORDERS = 10, 100
WITHIN_S = 60.0
FIGURES = (
    Figure("kill_effective_ms_p50", "ms"),
    Figure("kill_cancels_left_ms_p50", "ms"),
    Figure("kill_last_cancel_left_ms_p50", "ms"),
    Figure("kill_flat_ms_p50", "ms"),
)
_CANCELS = (
    "SELECT at_ns FROM journal_record WHERE kind = 'MessageSent' AND seq > {latch} AND at_ns >= {at_ns}"
    " AND convert_from(payload, 'UTF8')::jsonb ->> 'msg_type' = 'F'"
)
_NS_PER_MS = 1_000_000


def measure(kills: int = KILLS, orders: int = ORDERS) -> Mapping[str, float]:
    """One run: so many kills of so many orders on one installation, in medians over all."""
    wanted = Wanted("DESK1", "EURUSD", "buy", "100", "1.3500", orders)
    cancels_ms: list[float] = []
    outcomes = []
    with _running() as running, _client(running, "trader/desk1") as trader, _client(running, "risk/alice") as alice:
        _clear(trader, wanted)
        with _client(running, "risk/bob") as bob:
            for _ in range(kills):
                root_ids = drill.rest(trader, wanted, WITHIN_S)
                latch = drill.stop(alice, "account=DESK1", "measured", _id())
                outcome = drill.followed(alice, trader, latch, root_ids, WITHIN_S)
                assert outcome.is_passed, outcome
                outcomes.append(outcome)
                cancels_ms += _left_ms(running.dsn, latch)
                for officer in (alice, bob):
                    officer.release(ReleaseRequest(client_order_id=_id(), latch=latch, reason="measured"))
    return {
        "kill_effective_ms_p50": median(o.effective_us or 0 for o in outcomes) / 1_000,
        "kill_cancels_left_ms_p50": median(cancels_ms),
        "kill_last_cancel_left_ms_p50": median(o.cancels_us or 0 for o in outcomes) / 1_000,
        "kill_flat_ms_p50": median(o.flat_us or 0 for o in outcomes) / 1_000,
    }


def _left_ms(dsn: str, latch: int) -> list[float]:
    """When each cancel had left, from the latch's record on."""
    [(at_ns,)] = rows(dsn, f"SELECT at_ns FROM journal_record WHERE seq = {latch}")
    assert isinstance(at_ns, int)
    left = rows(dsn, _CANCELS.format(latch=latch, at_ns=at_ns))
    return [(sent_ns - at_ns) / _NS_PER_MS for (sent_ns,) in left if isinstance(sent_ns, int)]


def _clear(trader: Client, wanted: Wanted) -> None:
    """Wait until orders are taken, and have the one that was canceled."""

    def is_taken() -> bool:
        try:
            return bool(drill.rest(trader, Wanted(wanted.account, wanted.symbol, "buy", "100", wanted.price, 1), WITHIN_S))
        except (drill.CannotDrill, CallRefused, Unanswered, Unreachable):
            return False

    eventually(is_taken, seconds=WITHIN_S)
    trader.mass_cancel(MassCancelRequest(client_order_id=_id()))
    eventually(lambda: not list(trader.orders(OrderServiceListRequest(only_live=True))), seconds=WITHIN_S)


@contextmanager
def _running() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="fixgate-bench-"))
    try:
        with Installation(folder, engine_core=ENGINE_CORE) as running:
            yield running
    finally:
        shutil.rmtree(folder)


def _client(running: Installation, principal: str) -> Client:
    """Ready only when the server is: its files are made at the first start."""
    its = eventually(lambda: running.identity(principal), seconds=WITHIN_S)
    return Client(running.address, Files(its.certificate, its.key, its.authority))


def _id() -> str:
    return f"bench-{uuid.uuid4().hex[:16]}"
