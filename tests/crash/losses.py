"""What a disk can do to a dead worker's files: all of it gone, an older copy in its place, or cut short."""

import random
import shutil
from pathlib import Path

LOG, STORE = "sent.log", "store"


class Losses:
    """The files of one worker's folder: its evidence of what it sent, and QuickFIX's own numbers."""

    def __init__(self, folder: Path, copies: Path, chance: random.Random) -> None:
        """An older copy of the files is kept in `copies`."""
        self._folder = folder
        self._copies = copies
        self._chance = chance

    def keep(self) -> None:
        """Copy the files as they are now. The worker may be writing them: such is the copy of a disk, too."""
        shutil.rmtree(self._copies, ignore_errors=True)
        shutil.copytree(self._folder, self._copies, ignore_dangling_symlinks=True)

    def lose(self) -> str:
        """Do one thing to the log, the store or both. Returns what was done."""
        names = self._chance.choice(((LOG,), (STORE,), (LOG, STORE)))
        how = self._chance.choice((self._delete, self._roll_back, self._tear))
        for name in names:
            how(name)
        return f"{how.__name__.strip('_').replace('_', ' ')} {' and '.join(names)}"

    def _delete(self, name: str) -> None:
        for file in self._files(self._folder, name):
            file.unlink(missing_ok=True)

    def _roll_back(self, name: str) -> None:
        self._delete(name)
        for file in self._files(self._copies, name):
            shutil.copy(file, self._folder / file.relative_to(self._copies))

    def _tear(self, name: str) -> None:
        for file in self._files(self._folder, name):
            with file.open("r+b") as torn:
                torn.truncate(file.stat().st_size * self._chance.randint(0, 99) // 100)

    @staticmethod
    def _files(folder: Path, name: str) -> list[Path]:
        """The log, or what QuickFIX keeps in its store; not what we write there for it."""
        found = [folder / name] if name == LOG else [f for f in (folder / name).iterdir() if f.suffix in _STORED]
        return [file for file in found if file.exists()]


_STORED = {".body", ".header", ".seqnums", ".session"}
