"""A worker's handler with the tap on it: the handler does what it always does, and the tap hears of it."""

from gateway.fix.archive import Plan, Writer
from gateway.fix.config import WorkerConfig
from gateway.fix.masking import Mask
from gateway.fix.port import Handler
from gateway.fix.raw import value
from gateway.fix.tap import Tap
from gateway.fix.token import TAG

_COME_IN_TURN = frozenset({b"0", b"1"})
"""MsgType(35) of the session messages that QuickFIX never hands on before their turn, nor again."""
_PRICES = frozenset({b"W", b"X"})


def tapped(config: WorkerConfig, handler: Handler) -> "Tapped":
    """The handler of one worker, with its archive."""
    token = config.session.token
    secret = {field.tag: field.value for field in config.session.logon if field.is_secret}
    if token is not None:
        secret[TAG] = token.text
    mask = Mask(list(secret), list(secret.values()))
    tap = Tap(Writer(config.archive or Plan(config.folder / "archive")), mask)
    return TappedPrices(handler, tap, keeps_prices=config.keeps_prices) if config.is_market_data else Tapped(handler, tap)


class Tapped:
    """Of a session that the journal holds: the engine records whatever counts, and that alone.

    Business messages come here in turn and once. A session message may come under a number that has counted: the engine drops it.
    """

    def __init__(self, handler: Handler, tap: Tap) -> None:
        self._handler = handler
        self.tap = tap
        self._last_app = b""
        self._counted_to = 0

    def granted(self, next_target: int) -> None:
        """The journal has what came under lower numbers."""
        self._counted_to = next_target - 1

    def logged_on(self, session: str) -> None:
        self._handler.logged_on(session)

    def logged_out(self, session: str) -> None:
        self._handler.logged_out(session)

    def outgoing_admin(self, session: str, raw: bytes) -> None:
        self.tap.told("out", raw)
        self._handler.outgoing_admin(session, raw)

    def outgoing_app(self, session: str, raw: bytes) -> None:
        self.tap.told("out", raw)
        self._handler.outgoing_app(session, raw)

    def incoming_admin(self, session: str, raw: bytes) -> None:
        self.tap.taken()
        if self._is_repeated(raw):
            self.tap.keep("in", "repeated", raw)
        else:
            self.tap.told("in", raw)
        self._handler.incoming_admin(session, raw)

    def incoming_app(self, session: str, raw: bytes) -> None:
        self.tap.taken()
        self.tap.told("in", raw)
        self._last_app = raw
        self._handler.incoming_app(session, raw)

    def _is_repeated(self, raw: bytes) -> bool:
        """Whether the number of a session message is one that has counted."""
        counted_to = max(self._counted_to, _number(self._last_app))
        number = _number(raw)
        is_next = number == counted_to + 1 or value(raw, b"\x0135=") in _COME_IN_TURN
        self._counted_to = max(number, counted_to) if is_next else counted_to
        return 0 < number <= counted_to


class TappedPrices(Tapped):
    """Of a session that the journal does not hold: all is archived here, but prices only where they are asked for."""

    def __init__(self, handler: Handler, tap: Tap, *, keeps_prices: bool) -> None:
        super().__init__(handler, tap)
        self._passed_over: frozenset[bytes] = frozenset() if keeps_prices else _PRICES

    def outgoing_admin(self, session: str, raw: bytes) -> None:
        self.tap.keep("out", "unjournalled", raw)
        self._handler.outgoing_admin(session, raw)

    def outgoing_app(self, session: str, raw: bytes) -> None:
        self.tap.keep("out", "unjournalled", raw)
        self._handler.outgoing_app(session, raw)

    def incoming_admin(self, session: str, raw: bytes) -> None:
        self.tap.taken()
        self.tap.keep("in", "unjournalled", raw)
        self._handler.incoming_admin(session, raw)

    def incoming_app(self, session: str, raw: bytes) -> None:
        self.tap.taken()
        if value(raw, b"\x0135=") not in self._passed_over:
            self.tap.keep("in", "unjournalled", raw)
        self._handler.incoming_app(session, raw)


def _number(raw: bytes) -> int:
    """MsgSeqNum(34); 0 where there is none."""
    digits = value(raw, b"\x0134=") if raw else b""
    return int(digits) if digits.isdigit() else 0
