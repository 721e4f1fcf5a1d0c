"""The crash loop from the command line: `python -m tests.crash`. Exit code 0 only if the judge finds nothing wrong."""

import argparse
import asyncio
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests.crash.loop import Options, Outcome, run
from tests.crash.trading import NotWell


def main() -> int:
    arguments = _arguments()
    options = Options(arguments.orders, arguments.kills, arguments.seed, arguments.seconds, arguments.losses)
    folder = Path(tempfile.mkdtemp(prefix="fixgate-crash-"))
    try:
        outcome = asyncio.run(_until_told(folder, options))
    except (NotWell, TimeoutError) as failure:
        print(f"{str(failure) or 'out of time'}\nseed {options.seed}; everything is left in {folder}", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        shutil.rmtree(folder)
        return 130
    print(*outcome.shown, sep="\n", end="\n" if outcome.shown else "")
    print(outcome.summary)
    if outcome.verdict.violations or arguments.keep:
        print(f"everything is left in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return 1 if outcome.verdict.violations else 0


async def _until_told(folder: Path, options: Options) -> Outcome:
    """SIGTERM and Ctrl-C end it by way of every clean-up, even where a shell had the latter ignored."""
    task = asyncio.ensure_future(run(folder, options))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--orders", type=int, default=2_000, help="go on until so many orders were accepted (2000)")
    parser.add_argument("--kills", type=int, default=40, help="how many processes to kill (40)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="repeat the chances of an earlier run")
    parser.add_argument("--seconds", type=float, default=1_200, help="give up after so long (1200)")
    parser.add_argument("--losses", type=float, default=0.2, help="how often a killed worker or broker loses its sent.log (0.2)")
    parser.add_argument("--keep", action="store_true", help="leave the folder, with every log, behind")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
