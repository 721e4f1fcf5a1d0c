"""Plays one case: sends its lines, compares what it hears, and says where that differs."""

import re

from gateway.codec.version import VERSIONS
from tests.sessions.peer import Fields, Peer, Unheard, now, put_together, shown
from tests.sessions.script import SENDS, Case, Step

_TIME = re.compile(r"([+-]\d+(?:\.\d+)?)s")
_ENDS = {"closed": frozenset[str](), "closed or told": frozenset({"3", "5"}), "timed out": frozenset({"0", "1"})}
"""What may be said before the acceptor hangs up."""
_LAST_WORDS_MAX = 8
_HEADER = (8, 9, 35, 34, 43, 97, 49, 56, 52, 122)
_TRAILER = (10,)


class Play:
    """A case in one version, against the acceptor that listens at `port`."""

    def __init__(self, case: Case, version: str, port: int, us: str, them: str) -> None:
        """`us` is the acceptor's CompID, as in its own file, and `them` the peer's."""
        self.case = case
        self._version = version
        self._port = port
        self._values = {"$BEGIN": version, "$US": us, "$THEM": them}
        self._values["$LONG"] = "x" * 5_000
        self._header = (version, us, them)
        self._next = 1
        self._next_heard = 1
        self._peers: list[Peer] = []
        self._at = 0

    async def play(self) -> str:
        """What went wrong first; empty if nothing did."""
        try:
            self._peers.append(await Peer.connect(self._port))
            for step in self.case.of(self._version):
                try:
                    await self._do(step)
                except Unheard as unheard:
                    return f"{step.where} ({step.kind} {step.text}): {unheard}"
        except OSError as failure:
            return f"{self.case.file}: {failure}"
        finally:
            for peer in self._peers:
                await peer.hang_up()
        return ""

    async def _do(self, step: Step) -> None:
        match step.kind:
            case "~":
                await self._act(step)
            case ">":
                await self._send(step)
            case ">>":
                await self._peer.write(put_together(self._filled([(t, v) for t, v in step.fields if v is not None])))
            case "<":
                self._compare(step, await self._peer.hear())

    @property
    def _peer(self) -> Peer:
        return self._peers[self._at]

    async def _act(self, step: Step) -> None:
        match step.text.split():
            case ["logon", *given]:
                await self._log_on("|".join(given))
            case ["alive"]:
                await self._send(msg(f"35=1|112=alive{self._next}", step))
                self._compare(msg(f"35=0|112=alive{self._next - 1}", step), await self._peer.hear())
            case _ if step.text in _ENDS:
                await self._hear_the_end(_ENDS[step.text])
            case ["logged", "out"]:
                self._compare(msg("35=5", step), await self._peer.hear())
                await self._send(msg("35=5", step))
                await self._hear_the_end(frozenset())
            case ["silent", seconds]:
                await self._peer.hears_nothing(float(seconds))
            case ["next", number]:
                self._next = int(number)
            case ["connect"]:
                await self._peer.hang_up()
                self._peers[self._at] = await Peer.connect(self._port)
            case ["hang", "up"]:
                await self._peer.hang_up()
            case ["second"]:
                self._peers.append(await Peer.connect(self._port))
                self._at = 1
            case ["first"]:
                self._at = 0
            case _:
                raise Unheard("is no line of a script")

    async def _log_on(self, given: str) -> None:
        version = VERSIONS[self._version]
        body = {35: "A", 98: "0", 108: "30"} | ({1137: "9"} if version.transport_data_dictionary else {})
        body |= {tag: value for tag, value in msg(given).fields if value is not None} if given else {}
        await self._send(msg("|".join(f"{tag}={value}" for tag, value in body.items())))
        self._compare(msg(f"35=A|98=0|108={body[108]}"), await self._peer.hear())

    async def _hear_the_end(self, before: frozenset[str]) -> None:
        """The acceptor hangs up, after nothing but messages of these types. Raises Unheard."""
        for _ in range(_LAST_WORDS_MAX):
            try:
                said = await self._peer.hear()
            except Unheard as unheard:
                if "hung up" in str(unheard):
                    return
                raise
            if dict(reversed(said))[35] not in before:
                raise Unheard(f"the acceptor said {shown(said)}")
        raise Unheard("the acceptor does not come to an end")

    async def _send(self, step: Step) -> None:
        """A message with its header made, but for what the line says of it."""
        given = dict(step.fields)
        header: dict[int, str | None] = {8: "$BEGIN", 9: "$LEN", 35: "", 34: str(self._next), 49: "$THEM", 56: "$US", 52: "+0s"}
        self._next += 34 not in given
        whole = header | given
        body = [(tag, value) for tag, value in step.fields if tag not in (*_HEADER, *_TRAILER)]
        ordered = [*((tag, whole[tag]) for tag in _HEADER if tag in whole), *body, (10, given.get(10, "$SUM"))]
        await self._peer.write(put_together(self._filled([(tag, value) for tag, value in ordered if value is not None])))

    def _filled(self, found: Fields) -> Fields:
        """The fields with what their words stand for."""
        return [(tag, self._value(value)) for tag, value in found]

    def _value(self, value: str) -> str:
        time = _TIME.fullmatch(value)
        if time is not None:
            return now(float(time[1]))
        if value == "$SECOND":
            return now().partition(".")[0]
        return self._values.get(value, value)

    def _compare(self, step: Step, heard: Fields) -> None:
        """Raises Unheard where the message is not the one that was due."""
        fields = dict(reversed(heard))
        wanted = dict(step.fields)
        if (fields.get(8), fields.get(49), fields.get(56)) != self._header:
            raise Unheard(f"the header of {heard} is not ours")
        if 34 not in wanted:
            wanted[34] = str(self._next_heard)
        if fields.get(43) != "Y":
            self._next_heard = int(fields[34]) + 1
        for tag, value in wanted.items():
            actual = fields.get(tag)
            if (actual is not None) if value is None else (actual is None or value not in {"*", actual}):
                due = "absent" if value is None else value
                raise Unheard(f"tag {tag} is {actual!r} and had to be {due} in {shown(heard)}")


def msg(text: str, of: Step | None = None) -> Step:
    """A line that is not in the script."""
    return Step("" if of is None else of.where, SENDS, text, frozenset(VERSIONS))
