"""`python as_user.py UID GID PROGRAM ARGUMENT…`: become that user for good, with no other groups, and then that program.

Started by its path, and it imports nothing of ours: until its last line it runs as root.
"""

import os
import sys

if __name__ == "__main__":
    uid, gid, *command = sys.argv[1:]
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    os.execv(command[0], command)  # noqa: S606 — its caller names the program by its whole path.
