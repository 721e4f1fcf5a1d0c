"""`make crash-matrix`: every cell, then the random loop. Exit code 0 only if every point fired and nothing is wrong."""

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from tests.crash import loop, matrix
from tests.crash.matrix import CELLS, Cell
from tests.crash.table import summary, table
from tests.crash.trading import NotWell

LOOP_S_MAX = 5_400.0


def main() -> int:
    arguments = _arguments()
    cells = [cell for cell in CELLS if all(word in _name(cell) for word in arguments.only.split())]
    folder = Path(tempfile.mkdtemp(prefix="fixgate-crash-"))
    try:
        code = asyncio.run(_run(folder, cells, arguments))
    except (NotWell, TimeoutError) as failure:
        print(f"{str(failure) or 'out of time'}\nseed {arguments.seed}; everything is left in {folder}", file=sys.stderr)
        return 1
    if code:
        print(f"everything is left in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return code


async def _run(folder: Path, cells: list[Cell], arguments: argparse.Namespace) -> int:
    outcome = await matrix.run(folder / "matrix", cells, arguments.seed)
    lines, verdicts, shown = table(outcome.results), [outcome.verdict], list(outcome.shown)
    print(*lines, summary(verdicts), *shown, sep="\n", flush=True)  # Now: the loop takes as long again, and may fail.
    if arguments.kills:
        options = loop.Options(arguments.orders, arguments.kills, arguments.seed, LOOP_S_MAX)
        random = await loop.run(folder / "loop", options)
        verdicts.append(random.verdict)
        shown += random.shown
        lines += ["", f"Then at random: {random.summary}."]
    print(*shown, *(f"never fired: {_name(cell)}" for cell in outcome.never_fired), sep="\n")
    last = f"{summary(verdicts)}, seed {arguments.seed}"
    print(last)
    if arguments.write and not arguments.only:
        _write(Path(arguments.write), [*lines, "", f"`{last}`"])
    return 1 if outcome.never_fired or any(verdict.violations for verdict in verdicts) else 0


def _write(file: Path, lines: list[str]) -> None:
    """Everything after the marker is what was measured."""
    head, marker, _ = file.read_text().partition("<!-- measured -->\n")
    file.write_text(head + marker + "\n" + "\n".join(lines) + "\n")


def _name(cell: Cell) -> str:
    return f"{cell.point} {cell.kind.name.lower()} {cell.victim}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.run_matrix", description=__doc__)
    parser.add_argument("--only", default="", help="the cells whose name has all these words, as in `worker.sent cancel itself`")
    parser.add_argument(
        "--kills", type=int, default=500, help="how many processes to kill at random afterwards (500); 0 for none"
    )
    parser.add_argument("--orders", type=int, default=10_000, help="and until so many orders were accepted (10000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="repeat the chances of an earlier run")
    parser.add_argument("--write", default="", help="put the table of a whole run into this file, after its marker")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
