"""The journal's own process: `python -m oms.journal.process FD`, with an engine at the other end of the socket FD.

It seals batches and talks to PostgreSQL, so that the engine need not. It has no state that matters: what it was handed and has
not answered is durable or is not, as with any writer that dies, and the next start finds out. It ends when the engine does.
"""

import asyncio
import gc
import signal
import socket
import sys

from oms.journal.postgres import Journal
from oms.journal.telling import FAILURES, Append, Appended, Confirmed, Taken, TakeOver, Told, body, failed, frame, question

_READ_AHEAD = 1 << 20


async def serve(line: socket.socket) -> None:
    """Answer until the engine is gone."""
    reader, writer = await asyncio.open_connection(sock=line, limit=_READ_AHEAD)
    try:
        journal = await _take_over(await body(reader))
        writer.write(frame(Taken(journal.epoch, journal.seq, journal.chain, journal.at_ns)))
        gc.freeze()
        try:
            while True:
                writer.write(frame(await _answer(journal, await body(reader))))
        finally:
            await journal.close()
    except (asyncio.IncompleteReadError, ConnectionError):
        return
    except tuple(FAILURES.values()) as error:
        writer.write(frame(failed(error)))
    finally:
        writer.close()
        await writer.wait_closed()


async def _take_over(asked: bytes) -> Journal:
    message = question.decode(asked)
    assert isinstance(message, TakeOver), "the journal has not been taken over"
    return await Journal.take_over(
        message.dsn, lock_wait_ms=message.lock_wait_ms, span=message.span, answer_s_max=message.answer_s_max
    )


async def _answer(journal: Journal, asked: bytes) -> Told:
    message = question.decode(asked)
    assert not isinstance(message, TakeOver), "the journal is taken over already"
    try:
        if isinstance(message, Append):
            return Appended(await journal.append(message.records, message.marks))
        await journal.confirm()
    except tuple(FAILURES.values()) as error:
        return failed(error)
    return Confirmed()


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C reaches us with the engine, which may have more to write.
        signal.signal(number, signal.SIG_IGN)
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1]))))
