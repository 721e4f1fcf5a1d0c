"""A client that trades with us over FIX, as its file says it."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from gateway.breakers import Breakers
from gateway.cell import SessionKind, SessionPlan
from gateway.codec.version import FIX_44, VERSIONS
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
from gateway.fix.token import Token
from oms.domain.dead_man import Silence
from ops.client_tls import ClientTlsWords, listens_wrong
from ops.counterparty.dictionary import DictionaryWords
from ops.toml_file import Key, TomlFile

_NAME = re.compile(r"[A-Za-z0-9._-]{1,32}")
_LOOPBACK = "127.0.0.1"
GRACE_S_MAX = 86_400


class OnDisconnectWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[on_disconnect]: a client whose session is lost, by whatever cause, has its orders canceled when it is not back in time."""

    grace_s: int
    """So many seconds it has to come back; after a start of ours it has them again."""
    leaves_good_till: bool = False
    """Whether orders with TimeInForce(59) GTC or GTD stay."""

    @property
    def meaning(self) -> Silence:
        return Silence(self.grace_s * 1_000, self.leaves_good_till)


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
    """Where it connects to. Without `tls` this machine alone: QuickFIX's own socket must not be shown to a network."""
    begin_string: str = FIX_44.begin_string
    """The version of FIX that it speaks: one of VERSIONS. FIXT.1.1 stands for FIX 5.0SP2."""
    heart_bt_int_s: int = 30
    reset_seq_num: Literal["accept", "refuse"] = "accept"
    """What a Logon(A) of its with ResetSeqNumFlag(141)=Y does: both numbers begin anew at 1, or its connection ends and nothing
    else."""
    on_disconnect: OnDisconnectWords | None = None
    """What becomes of its orders when its session is lost. Left out, they stay."""
    breakers: Breakers = Breakers()
    """How much is too much on its session."""
    dictionary: DictionaryWords = DictionaryWords()
    """What it may say, or has to say, beyond FIX's own dictionary."""
    tls: ClientTlsWords | None = None
    """How it comes through the front door. Left out, it connects to its worker in the clear, on this machine."""

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
            breakers=self.breakers,
            on_loss=self.on_disconnect.meaning if self.on_disconnect is not None else None,
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
            *([] if self.tls or self.host == _LOOPBACK else [f"{who}: host {self.host!r} is not {_LOOPBACK}: say [tls]"]),
            *([] if self.accounts else [f"{who}: it has no account"]),
            *(f"{who}: no account is called {account!r}" for account in self.accounts if account not in accounts),
            *([] if default in {"", *self.accounts} else [f"{who}: default_account {default!r} is none of its accounts"]),
        ]

    def wrong(self) -> Iterator[tuple[Key, str]]:
        """What its file alone shows."""
        if self.begin_string in VERSIONS:
            yield from self.dictionary.wrong(VERSIONS[self.begin_string], is_judged=True)
        yield from self.breakers.wrong()
        if self.on_disconnect is not None and not 1 <= self.on_disconnect.grace_s <= GRACE_S_MAX:
            yield ("on_disconnect", "grace_s"), f"is {self.on_disconnect.grace_s}, and must be from 1 to {GRACE_S_MAX}"
        if self.tls is not None:
            yield from listens_wrong(self.host)
            yield from self.tls.wrong()

    def worker(self, data: Path, link_path: Path, token: Token | None = None) -> WorkerConfig:
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
                takes_resets=self.reset_seq_num == "accept",
                overlay=self.dictionary.meaning(VERSIONS[self.begin_string]),
                token=token,
            ),
            endpoint=Endpoint(_LOOPBACK, self.tls.loopback_port if self.tls else self.port),
            folder=data / "fix" / self.name,
            link_path=link_path,
            is_client=True,
        )


def read(path: Path) -> Client:
    """The client of one file. Raises ConfigError with everything that is wrong with it: file, line, key, reason."""
    file = TomlFile(path)
    client = file.read(Client)
    file.require(client.wrong())
    return client
