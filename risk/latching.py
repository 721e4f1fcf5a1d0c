"""Who stops trading, and who lets it go on: the rules for latches. To stop is one person's word, to go on takes two."""

from oms import acts
from oms.book import Book
from oms.domain.acts import ActRefused
from oms.domain.commands import NoteDrill, ReleaseLatch, StopTrading
from oms.domain.latches import DrillNoted, Latched, LatchReleased, ReleaseAsked
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
        is_drill=command.is_drill,
    )


def note(book: Book, latches: Latches, command: NoteDrill) -> DrillNoted | ActRefused:
    """Only of a latch that holds, and is a drill."""
    if book.answer(command.principal, command.client_order_id):
        return acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}")
    latch = latches.by_seq.get(command.latch)
    if latch is None or not latch.is_drill:
        return acts.refused(command, Refusal.UNKNOWN_LATCH, f"latch={command.latch} is no drill that holds")
    return DrillNoted(
        client_order_id=command.client_order_id,
        principal=command.principal,
        latch=command.latch,
        orders=command.orders,
        left=command.left,
        effective_us=command.effective_us,
        cancels_us=command.cancels_us,
        flat_us=command.flat_us,
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
