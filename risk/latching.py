"""Who stops trading, and who lets it go on: the rules for latches. To stop is one person's word, to go on takes two."""

from oms import acts
from oms.book import Book
from oms.domain.acts import ActRefused
from oms.domain.commands import ReleaseLatch, StopTrading
from oms.domain.latches import Latched, LatchReleased, ReleaseAsked
from oms.domain.refusal import Refusal
from risk.latches import Latches


def stop(book: Book, command: StopTrading, sessions: tuple[str, ...]) -> Latched | ActRefused:
    """`sessions` are those whose workers may have orders in their hands."""
    if book.answer(command.principal, command.client_order_id):
        return acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}")
    return Latched(
        client_order_id=command.client_order_id,
        principal=command.principal,
        scope=command.scope,
        mode=command.mode,
        reason=command.reason,
        cancels=command.cancels,
        sessions=sessions,
    )


def release(book: Book, latches: Latches, command: ReleaseLatch) -> ReleaseAsked | LatchReleased | ActRefused:
    """The second word must be another person's than the first; whose word stopped it does not matter."""
    if book.answer(command.principal, command.client_order_id):
        return acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}")
    latch = latches.by_seq.get(command.latch)
    if latch is None:
        return acts.refused(command, Refusal.UNKNOWN_LATCH, f"latch={command.latch}")
    named = (command.client_order_id, command.principal, command.latch, command.reason)
    if not latch.release_asked_by:
        return ReleaseAsked(*named)
    if latch.release_asked_by == command.principal:
        return acts.refused(command, Refusal.SAME_PERSON, f"latch={command.latch} asked_by={latch.release_asked_by}")
    return LatchReleased(*named, asked_by=latch.release_asked_by)
