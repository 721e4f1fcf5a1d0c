"""The verb of a person who lets go of a session that is held: session-release."""

from typing import Any

import click

from ops.commands import options
from ops.commands.asking import noted_id
from ops.commands.exits import UNANSWERED, calls_the_server
from ops.commands.showing import say


@click.command(name="session-release")
@click.argument("name")
@click.option("--reason", required=True, help="How you know that it may go on. It is kept for ever.")
@click.option(
    "--take-numbers",
    "takes_numbers",
    is_flag=True,
    help="The peer's sequence numbers are right; else the session tries again with the journal's.",
)
@click.option("--id", "client_order_id", help="Your own id of this statement, for repeating it; else a new one.")
@options.connection
@calls_the_server
def session_release(**asked: Any) -> None:
    """Let go of session NAME, which is held: `fixgate sessions` says why. Compare its orders with the counterparty first.

    One that was halted takes two people: after the first it logs on, after the second it takes orders.
    """
    from gateway.api.v1.session_service_pb2 import SessionServiceReleaseRequest
    from gateway.control.client import as_dict

    own_id = noted_id(asked["client_order_id"])
    request = SessionServiceReleaseRequest(
        client_order_id=own_id, session=asked["name"], reason=asked["reason"], takes_numbers=asked["takes_numbers"]
    )
    with options.connected() as client:
        answer = client.release(request)
    click.get_current_context().meta[UNANSWERED] = False
    done = "logs on, and takes no order before a second person has released it" if answer.is_still_held else "released"
    again = "  (the first answer, told again)" if answer.is_repetition else ""
    say(f"{request.session}  {done}  id {own_id}{again}", {**as_dict(answer), "client_order_id": own_id})
