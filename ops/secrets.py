"""Secrets by reference: a file of ours says where one is, never what it is."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

BYTES_MAX = 4_096
_OTHERS_MAY = 0o007


class NoSecret(Exception):
    """The reference is none, or what it refers to cannot be had; the message never shows the secret."""


class Reference(msgspec.Struct, frozen=True):
    """Where a secret is: `env:NAME` or `file:PATH`."""

    scheme: str
    place: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.place}"


def reference(text: str) -> Reference:
    """The reference that `text` is. Raises NoSecret, which does not repeat the text: it may be the secret itself."""
    scheme, is_reference, place = text.partition(":")
    if not is_reference or scheme not in _SCHEMES or not place:
        raise NoSecret(f"no reference to a secret: it begins with {' or '.join(f'{known}:' for known in _SCHEMES)}")
    return Reference(scheme, place)


def fetch(found: Reference) -> str:
    """The secret itself, one line of printable ASCII. Raises NoSecret."""
    secret = _SCHEMES[found.scheme](found.place).removesuffix("\n")
    if not secret or len(secret) > BYTES_MAX or not (secret.isascii() and secret.isprintable()):
        raise NoSecret(f"what {found} holds is not 1 to {BYTES_MAX} printable ASCII characters on one line")
    return secret


def _from_environment(name: str) -> str:
    secret = os.environ.get(name)
    if secret is None:
        raise NoSecret(f"the environment has no {name}")
    return secret


def _from_file(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS_MAY:
                raise NoSecret(f"{name} is open to everybody: chmod o= {name}")
            return file.read(BYTES_MAX + 2).decode("latin-1")
    except OSError as error:
        raise NoSecret(f"{name}: {error.strerror}") from error


_SCHEMES: Mapping[str, Callable[[str], str]] = {"env": _from_environment, "file": _from_file}
"""How a reference of each scheme is followed. Raises NoSecret."""
