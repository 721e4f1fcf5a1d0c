"""Generate the Python code of the public contract from proto/, or say that what is committed differs from it."""

import filecmp
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "proto"
PACKAGES = {
    "gateway/api": "The public contract in Python. Everything below is generated from proto/ by `make proto`.",
    "gateway/api/v1": "Version 1 of the public contract, generated from proto/gateway/api/v1 by `make proto`.",
}


def main(arguments: list[str]) -> int:
    """Without an argument write gateway/api; with --check lint, regenerate elsewhere and compare."""
    if arguments == ["--check"]:
        return check()
    if arguments:
        print("usage: python -m ops.proto [--check]", file=sys.stderr)
        return 2
    buf("format", "--write")
    generate(ROOT)
    return 0


def generate(target: Path) -> None:
    """Write the modules, their type stubs and the packages' docstrings below `target`."""
    sources = sorted(str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.proto"))
    outputs = [f"--{kind}_out={target}" for kind in ("python", "pyi", "grpc_python")]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={SOURCES}", *outputs, *sources], check=True)
    for package, docstring in PACKAGES.items():
        # protoc writes no __init__.py, and without one setuptools would not ship the package.
        (target / package / "__init__.py").write_text(f'"""{docstring}"""\n')


def check() -> int:
    """How many complaints there are about the contract: 0 when it is well styled and its committed code is what it generates."""
    if not buf("lint") or not buf("format", "--diff", "--exit-code"):
        return 1
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        stale = differences(Path(folder) / "gateway/api", ROOT / "gateway/api")
    for name in stale:
        print(f"gateway/api/{name} is not what proto/ generates: run `make proto` and commit the result", file=sys.stderr)
    return 1 if stale else 0


def buf(*arguments: str) -> bool:
    """Whether buf, which comes with the development requirements, is content."""
    return subprocess.run([str(Path(sys.executable).parent / "buf"), *arguments], cwd=ROOT).returncode == 0


def differences(fresh: Path, committed: Path) -> list[str]:
    """Names of files that are missing, left over or different."""
    names = {
        str(path.relative_to(folder)) for folder in (fresh, committed) for path in folder.rglob("*.py*") if path.suffix != ".pyc"
    }
    _, different, missing = filecmp.cmpfiles(fresh, committed, names, shallow=False)
    return sorted(different + missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
