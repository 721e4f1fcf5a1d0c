"""OrderMassStatusRequest(35=AF): the question for all open orders of a session."""

from gateway.codec.text import text

ORDER_MASS_STATUS_REQUEST = "AF"
_ALL_ORDERS = "7"
"""MassStatusReqType(585): status for all orders."""


def order_mass_status_request(begin_string: str, mass_status_req_id: str) -> str:
    """The reports that answer it carry MassStatusReqID(584)."""
    return text(begin_string, ORDER_MASS_STATUS_REQUEST, [(584, mass_status_req_id), (585, _ALL_ORDERS)])
