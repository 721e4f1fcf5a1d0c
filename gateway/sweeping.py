"""One mass cancel of all live orders that somebody means: of a scope that is stopped, or of a client that is gone. Pure."""

from collections.abc import Callable

from gateway.state import State
from oms.domain.acts import MassCancelRequested
from oms.domain.chain import Chain
from oms.mass_cancel import is_ahead


def sweep(state: State, principal: str, named: str, is_meant: Callable[[Chain], bool]) -> MassCancelRequested:
    """What is live and meant is to be canceled, whatever happens to us; one message for a whole session where that is what it
    would mean. `named` is the id of the request, and holds a space: no client's own id does. Parents are held here: their
    children are at the venues."""
    book = state.book
    live = map(book.chains.__getitem__, book.live)
    meant = {chain.root_id: chain for chain in live if chain.session and is_meant(chain)}
    takers = [plan.name for plan in state.cell.sessions if plan.takes_mass_cancel]
    granted = {session: grant for session in takers if (grant := state.grant_if_ready(session))}
    return MassCancelRequested(
        cl_ord_id=book.mint(),
        client_order_id=named,
        principal=principal,
        root_ids=tuple(meant),
        native=tuple((session, grant) for session, grant in granted.items() if _is_whole(state, meant, session, grant)),
    )


def _is_whole(state: State, meant: dict[str, Chain], session: str, grant: int) -> bool:
    its = [chain for chain in map(state.book.chains.__getitem__, state.book.live) if chain.session == session]
    return bool(its) and all(chain.root_id in meant and is_ahead(chain, grant) for chain in its)
