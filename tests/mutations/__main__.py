"""`make mutate-orders`: break one rule after the other and see that a test fails. Exit code 0 only if each was noticed."""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutations.mutation import MUTATIONS, Mutation, NotThere, changed, copied, first_failure

RULES = tuple(f"R{number}" for number in range(1, 23))
AT_ONCE = 2


def main(wanted: list[str]) -> int:
    """Try all mutations, or those of the rules that are named."""
    chosen = [m for m in MUTATIONS if not wanted or m.rule in wanted]
    with tempfile.TemporaryDirectory(prefix="fixgate-mutations-") as folder:
        copied(Path(folder))
        broken = first_failure(Path(folder))
    if broken:
        sys.stderr.write(f"the tests fail as it is: {broken}\n")
        return 1
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(_tried, chosen))
    unnoticed = [m for m, noticed in zip(chosen, results, strict=True) if not noticed]
    for mutation in unnoticed:
        sys.stdout.write(f"NOT NOTICED {mutation.rule}: {mutation.what}\n")
    rules = [rule for rule in RULES if any(m.rule == rule for m in chosen)]
    caught = [rule for rule in rules if not any(m.rule == rule for m in unnoticed)]
    noticed, all_rules = len(chosen) - len(unnoticed), len(wanted or RULES)
    sys.stdout.write(f"mutations noticed {noticed}/{len(chosen)}, rules {len(caught)}/{all_rules}\n")
    return 0 if not unnoticed and len(caught) == all_rules else 1


def _tried(mutation: Mutation) -> bool:
    """Whether a test notices."""
    with tempfile.TemporaryDirectory(prefix="fixgate-mutations-") as name:
        folder = Path(name)
        copied(folder)
        file = folder / mutation.file
        try:
            file.write_text(changed(file.read_text(), mutation))
        except NotThere as problem:
            sys.stderr.write(f"{problem}\n")
            return False
        failed = first_failure(folder)
    sys.stderr.write(f"{mutation.rule:4} {mutation.what}: {failed or 'NOT NOTICED'}\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
