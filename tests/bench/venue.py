"""The lean venue of the end-to-end figures: it fills every order at once and costs as little CPU as pure Python allows.

Start it with `python -m tests.bench.venue [PORT]`; it prints the port that it listens on, and runs until it is ended.

It is an echo and not a broker: it believes what it is sent. It takes any MsgSeqNum(34), a Logon above the expected number
included, asks for no resend, answers any ResendRequest with one gap-fill, checks no CheckSum(10), and keeps its own numbers in
memory only. A message that carries `<SOH>10=` inside raw data would be cut there. What it must not do is lose an order or
repeat an ExecID(17); the load generator counts both.

One thread per connection blocks in `recv`: a third less CPU per order than asyncio, because an order that comes alone costs two
system calls and no more. Only one connection is ever busy, so that the threads do not meet.
"""

import gc
import signal
import socket
import struct
import sys
import threading
import time

from tests.bench.conversation import TICK_S, Conversation, Venue

HOST = "127.0.0.1"
READ_BYTES = 1 << 16
TICK = struct.pack("@ll", 0, int(TICK_S * 1_000_000))  # struct timeval


def serve(port: int) -> None:
    """Listen on `port` (0: any), for ever."""
    venue = Venue(f"{time.time_ns() // 1_000_000:x}")
    listener = socket.create_server((HOST, port))
    gc.freeze()
    gc.disable()  # Nothing here makes cycles, and the orders kept would be walked again and again.
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _address = listener.accept()
        threading.Thread(target=converse, args=(connection, venue), daemon=True).start()


def converse(connection: socket.socket, venue: Venue) -> None:
    """Hold one conversation to its end: one write per read, and a tick whenever the peer is quiet for `TICK_S`."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # The kernel's own timeout: with Python's, each read would be two system calls.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, TICK)
    conversation = Conversation(venue)
    unsent = b""
    with connection:
        while not conversation.closing:
            try:
                data = connection.recv(READ_BYTES)
            except BlockingIOError:
                unsent += conversation.tick()
            except ConnectionResetError:
                return
            else:
                if not data:
                    return
                unsent += conversation.receive(data)
            if unsent:
                unsent = unsent[sent_now(connection, unsent) :]


def sent_now(connection: socket.socket, data: bytes) -> int:
    """How many bytes the kernel took. A peer that does not read must not stop us from reading: it may be waiting for that."""
    try:
        return connection.send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    except BlockingIOError:
        return 0
    except (BrokenPipeError, ConnectionResetError):
        return len(data)  # The next read says that the peer is gone.


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
