"""What the machine was doing during a run: CPU by process and by others, and how long the disk takes to be sure."""

import ctypes
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER = 36
PROC = Path("/proc")
FDATASYNC_PROBES = 200
FDATASYNC_BYTES = 4096


class Process(msgspec.Struct, frozen=True):
    """One row of /proc/<pid>/stat. The CPU time includes that of children that have ended and been waited for."""

    pid: int
    ppid: int
    cpu_s: float
    command: str


def adopt_orphans() -> None:
    """Keep whatever our runs start in our process tree, also when it daemonises (PostgreSQL's postmaster does)."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def processes() -> Iterator[Process]:
    """Every process of the machine, as far as it lives long enough to be read."""
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):  # It ended while we looked: its parent holds its CPU time.
                yield _process(folder)


def _process(folder: Path) -> Process:
    # The name in brackets may hold blanks and brackets itself, so the fields are counted from the last bracket.
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    utime, stime, cutime, cstime = map(int, fields[11:15])
    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return Process(int(folder.name), int(fields[1]), (utime + stime + cutime + cstime) / TICKS_PER_S, command)


def tree(root_pid: int) -> list[Process]:
    """The process `root_pid` and all that descend from it."""
    children: dict[int, list[Process]] = defaultdict(list)
    found: list[Process] = []
    for process in processes():
        children[process.ppid].append(process)
        if process.pid == root_pid:
            found.append(process)
    for parent in found:  # Grows while we walk it.
        found.extend(children[parent.pid])
    return found


def busy_s() -> float:
    """CPU seconds that the whole machine has spent since it started: all but idle and waiting for the disk.

    Interrupts count. The kernel charges them to the process that they interrupt as well, so without them a busy tree of our own
    would come out as more than the machine, and hide the others.
    """
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, (PROC / "stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_S


def cpu_s_by_role(role: Callable[[str], str], root_pid: int | None = None) -> dict[str, float]:
    """CPU seconds so far of our process tree, summed by what `role` calls each command line."""
    sums: dict[str, float] = defaultdict(float)
    for process in tree(root_pid or os.getpid()):
        sums[role(process.command)] += process.cpu_s
    return dict(sums)


def cpu_us_per_order(before: Mapping[str, float], after: Mapping[str, float], orders: int) -> dict[str, float]:
    """CPU microseconds per order and role between two readings of `cpu_s_by_role`."""
    return {role: (cpu_s - before.get(role, 0.0)) * 1e6 / orders for role, cpu_s in after.items()}


class Watch:
    """Measures, from enter to exit, how many cores others kept busy: `foreign_cpu`, in cores."""

    foreign_cpu: float = 0.0

    def __enter__(self) -> Self:
        self._start = self._reading()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        elapsed_s, foreign_s = (end - start for start, end in zip(self._start, self._reading(), strict=True))
        self.foreign_cpu = max(0.0, foreign_s / elapsed_s)

    @staticmethod
    def _reading() -> tuple[float, float]:
        return time.monotonic(), busy_s() - sum(process.cpu_s for process in tree(os.getpid()))


def fdatasync_ms(folder: Path | None = None, probes: int = FDATASYNC_PROBES) -> list[float]:
    """How long each of `probes` appends of one page took to be durable in `folder` (the temporary folder unless given)."""
    taken_ms = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(probes):
            file.write(bytes(FDATASYNC_BYTES))
            start_ns = time.perf_counter_ns()
            os.fdatasync(file.fileno())
            taken_ms.append((time.perf_counter_ns() - start_ns) / 1e6)
    return taken_ms
