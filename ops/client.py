"""A client that trades with us over FIX, as its file says it."""

import re
from collections.abc import Collection
from pathlib import Path

import msgspec

from gateway.cell import SessionKind, SessionPlan
from gateway.codec.version import FIX_44, VERSIONS
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
from ops.counterparty.dictionary import DictionaryWords
from ops.toml_file import TomlFile

_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
_LOOPBACK = "127.0.0.1"


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client that trades with us over FIX: it connects to `port`, and we are the sell side."""

    name: str
    """Of its session; its orders are asked for by the principal `fix:<name>`."""
    port: int
    sender_comp_id: str
    """Ours."""
    target_comp_id: str
    """The client's."""
    accounts: tuple[str, ...]
    """The accounts that it may trade."""
    default_account: str = ""
    """Of an order that names none; empty where it has to name one."""
    host: str = _LOOPBACK
    """Where it may come from. This machine alone: QuickFIX's own socket must not be shown to a network."""
    begin_string: str = FIX_44.begin_string
    """The version of FIX that it speaks: one of VERSIONS. FIXT.1.1 stands for FIX 5.0SP2."""
    heart_bt_int_s: int = 30
    dictionary: DictionaryWords = DictionaryWords()
    """What it may say, or has to say, beyond FIX's own dictionary."""

    def __post_init__(self) -> None:
        if self.begin_string not in VERSIONS:
            raise ValueError(f"begin_string {self.begin_string!r} is none of {', '.join(VERSIONS)}")

    @property
    def plan(self) -> SessionPlan:
        return SessionPlan(
            name=self.name,
            kind=SessionKind.CLIENTS,
            version=VERSIONS[self.begin_string],
            accounts=frozenset(self.accounts),
            default_account=self.default_account,
            heart_bt_int_s=self.heart_bt_int_s,
        )

    def complaints(self, accounts: Collection[str]) -> list[str]:
        """What cannot be, in an installation that has these accounts."""
        who, default = f"client {self.name}", self.default_account
        return [
            *(
                []
                if _NAME.fullmatch(self.name)
                else [f"client {self.name!r} is not 1 to 32 letters, digits, dots, dashes and underscores"]
            ),
            *([] if self.host == _LOOPBACK else [f"{who}: host {self.host!r} is not {_LOOPBACK}"]),
            *([] if self.accounts else [f"{who}: it has no account"]),
            *(f"{who}: no account is called {account!r}" for account in self.accounts if account not in accounts),
            *([] if default in {"", *self.accounts} else [f"{who}: default_account {default!r} is none of its accounts"]),
        ]

    def require(self, file: TomlFile) -> None:
        """Raises ConfigError for what can be said of the file alone, with lines."""
        file.require(self.dictionary.wrong(VERSIONS[self.begin_string], is_judged=True))

    def worker(self, data: Path, link_path: Path) -> WorkerConfig:
        """Its reports are kept and resent word for word, and what it sends is judged as FIX says."""
        return WorkerConfig(
            session=SessionConfig(
                name=self.name,
                sender_comp_id=self.sender_comp_id,
                target_comp_id=self.target_comp_id,
                version=VERSIONS[self.begin_string],
                heart_bt_int_s=self.heart_bt_int_s,
                persist_messages=True,
                is_judged=True,
                overlay=self.dictionary.meaning(VERSIONS[self.begin_string]),
            ),
            endpoint=Endpoint(self.host, self.port),
            folder=data / "fix" / self.name,
            link_path=link_path,
            is_client=True,
        )
