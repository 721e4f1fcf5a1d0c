"""Whatever order a person's acts, restarts and a worker's words come in: the session ends in what was asked for last."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway import link
from gateway.administering import (
    AskedOfSession,
    DisableSession,
    EnableSession,
    LogOnSession,
    LogOutSession,
    ReleaseHalt,
    ResetNumbers,
    SetNumbers,
)
from gateway.rules import Command, FromLink
from gateway.sessions import Phase
from oms.domain.acts import ActRefused
from oms.domain.refusal import Refusal
from tests.support.model_engine import Engine, Row, folded, shape
from tests.support.orders import CELL, SECOND, SESSION

OPERATOR = "spiffe://fixgate/test/operator/night"
ACTS = (LogOnSession, LogOutSession, EnableSession, DisableSession)
STEPS = st.lists(
    st.sampled_from(
        [*ACTS, SetNumbers, ResetNumbers, ReleaseHalt, "commit", "logged on", "logged out", "worker", "halted", "engine"]
    ),
    max_size=40,
)


class Standing:
    """An engine and one worker, of which only what it was told last counts."""

    def __init__(self) -> None:
        self.journal: list[Row] = []
        self.engine = Engine(CELL, self.journal, SECOND)
        self.ids = 0
        self.is_disabled = self.is_logged_off = False
        self.halt = ""
        self.grant = 0
        self.may_log_on = False
        self.next_sender = 1
        self.log: link.SentLog | None = None
        self.is_up = False
        self.start_worker()

    def ask(self, act: type[AskedOfSession]) -> None:
        self.ids += 1
        numbers = {"next_sender": 7 * self.ids} if act is SetNumbers else {}
        command = act(OPERATOR, f"id-{self.ids}", SESSION, "a reason", **numbers)
        answer = self.take(command)  # type: ignore[arg-type]  # Each of them is a command.
        assert self.take(command) is answer  # type: ignore[arg-type]  # Asked again, it is told again.
        if isinstance(answer, ActRefused):
            return
        self.is_disabled = {EnableSession: False, DisableSession: True}.get(act, self.is_disabled)
        self.is_logged_off = {LogOnSession: False, LogOutSession: True}.get(act, self.is_logged_off)

    def take(self, command: Command) -> object:
        return self.engine.take(command)

    def commit(self) -> None:
        """What is durable goes out: to the worker that holds the grant, or waits for one."""
        for out in self.engine.commit():
            if out.session != SESSION:
                continue
            if isinstance(out.frame, link.Grant):
                self.grant, self.may_log_on, self.is_up = out.frame.grant, out.frame.is_open, False
                self.next_sender = out.frame.next_sender
                self.log = link.SentLog("boot", out.frame.session_epoch, out.frame.grant, ())
            elif out.grant == self.grant and isinstance(out.frame, link.LogOn | link.LogOff):
                self.may_log_on = isinstance(out.frame, link.LogOn)
            elif out.grant == self.grant and isinstance(out.frame, link.Stop):
                self.start_worker()
        self.hear_release()

    def hear_release(self) -> None:
        """As Links tells a halted worker: it forgets its halt, ends, and the next one starts."""
        if self.halt and not self.engine.state.sessions[SESSION].halted and self.engine.state.sessions[SESSION].released:
            self.halt = ""
            self.start_worker()

    def start_worker(self) -> None:
        self.grant, self.is_up = 0, False
        self.take(FromLink(SESSION, 0, link.Hello(SESSION, "boot", 1, self.next_sender, self.log, self.halt)))

    def says(self, frame: link.FromWorker) -> None:
        if self.grant:
            self.take(FromLink(SESSION, self.grant, frame))

    def step(self, step: object) -> None:
        match step:
            case type():
                self.ask(step)
            case "commit":
                self.commit()
            case "logged on" if self.may_log_on and not self.is_up:
                self.is_up = True
                self.says(link.LoggedOn())
            case "logged out" if self.is_up:
                self.is_up = False
                self.says(link.LoggedOut())
            case "worker":
                self.start_worker()
            case "halted" if self.grant:
                self.halt = f"halted after {self.ids} acts"
                self.start_worker()
            case "engine":
                self.engine = Engine(CELL, self.journal, self.engine.at_ns)
                self.start_worker()


@given(STEPS)
def test_the_session_ends_in_what_was_asked_for_last(steps: list[object]) -> None:
    standing = Standing()
    for step in steps:
        if step == "engine":
            standing.commit()  # What was not durable was never answered.
        standing.step(step)
    for _ in range(3):  # A release ends a worker, and numbers do: the next one has to be granted its start.
        standing.commit()
    session = standing.engine.state.sessions[SESSION]
    is_wanted = not standing.is_disabled and not standing.is_logged_off
    assert session.is_open is (is_wanted and not session.halted)
    assert bool(session.halted) is bool(standing.halt)
    if not session.halted:
        assert (standing.grant, standing.may_log_on) == (session.grant, is_wanted)
        assert standing.next_sender <= session.reserved_to
    assert shape(folded(CELL, standing.journal)) == shape(standing.engine.state)


@given(STEPS)
def test_numbers_only_change_while_the_session_is_out(steps: list[object]) -> None:
    standing = Standing()
    for step in steps:
        before = standing.engine.state.sessions[SESSION]
        if step == "engine":
            standing.commit()
        standing.step(step)
        after = standing.engine.state.sessions[SESSION]
        if after.session_epoch != before.session_epoch:
            assert before.phase is Phase.DOWN
            assert not before.is_open or before.halted


def test_another_act_under_the_same_id_is_refused() -> None:
    command, standing = SetNumbers(OPERATOR, "id", SESSION, "why", next_target=5), Standing()
    answers = [standing.take(one) for one in (command, msgspec.structs.replace(command, next_target=6))]
    assert [answer.refusal for answer in answers if isinstance(answer, ActRefused)] == [
        Refusal.SESSION_NOT_OUT,
        Refusal.DUPLICATE_CLIENT_ORDER_ID,
    ]
