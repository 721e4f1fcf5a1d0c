"""The gateway in the sell side's role: a client sends what a scenario's buy side sends, and must hear what its sell side says.

The venue behind us says those very facts under our ids; the client must hear them under its own.
"""

from gateway.codec.text import Fields
from gateway.simulator.scenario import TO_VENUE, Step
from tests.support.client_side import PRINCIPAL, ClientSide

PX, OTHER_PX = "1.3850", "1.3860"
_FILL = "F"
_ORDER = "55=EURUSD|54=1"


class SellSide:
    """Plays the steps of one case, one after the other."""

    def __init__(self) -> None:
        self.side = ClientSide()
        self.unanswered: list[Fields] = []
        """What the client heard at once of what it asked."""

    def play(self, step: Step) -> None:
        """AssertionError where the client hears anything else than the step says."""
        if step.dir == TO_VENUE:
            self.unanswered += self.side.asks(self._request(step))
            return
        heard = self.unanswered or self.side.venue_says(self._report(step))
        self.unanswered = []
        [told] = heard
        found = dict(told)
        wanted = [step.tags | other for other in ({}, *step.accept_alt)]
        assert {35: step.msg} | {tag: found.get(tag) for tag in step.tags} in [{35: step.msg} | tags for tags in wanted]

    def _request(self, step: Step) -> str:
        tags = {str(tag): value for tag, value in step.tags.items()} | {"44": OTHER_PX if 44 in step.tags else PX}
        if step.msg == "F":
            del tags["44"]
        more = "" if step.msg == "F" else "|40=2"
        return f"35={step.msg}|{'|'.join(f'{tag}={value}' for tag, value in tags.items())}|{_ORDER}{more}"

    def _report(self, step: Step) -> str:
        told = {str(tag): self._ours(value) if tag in {11, 41} else value for tag, value in step.tags.items()}
        given = {"37": "V1", "17": f"E{self.side.engine.state.seq}", "31": PX if told.get("150") == _FILL else "0"}
        return f"35={step.msg}|" + "|".join(f"{tag}={value}" for tag, value in (given | told).items())

    def _ours(self, cl_ord_id: str) -> str:
        """Our id of the client's request, as the venue has it."""
        for chain in self.side.engine.state.book.chains.values():
            for request in chain.requests:
                if (request.principal, request.client_order_id) == (PRINCIPAL, cl_ord_id):
                    return request.cl_ord_id
        raise AssertionError(f"{cl_ord_id} never went out")
