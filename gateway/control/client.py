"""A client for people's tools: blocking calls over mutual TLS, and one precise error for each way in which a call can fail."""

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from gateway.control import tls  # isort: split

import grpc
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from grpc_status import rpc_status

from gateway.api.v1 import (
    dangerous_pb2,
    lifecycle_service_pb2_grpc,
    order_service_pb2_grpc,
    reference_service_pb2_grpc,
    risk_service_pb2_grpc,
    session_service_pb2,
    session_service_pb2_grpc,
    suspense_service_pb2_grpc,
    usage_service_pb2_grpc,
)
from gateway.api.v1 import lifecycle_service_pb2 as lifecycle
from gateway.api.v1 import order_service_pb2 as api
from gateway.api.v1 import reference_service_pb2 as reference
from gateway.api.v1 import risk_service_pb2 as risk
from gateway.api.v1.latch_pb2 import Latch
from gateway.api.v1.order_pb2 import Order
from gateway.api.v1.refusal_pb2 import Refusal, RefusalDetail
from gateway.api.v1.session_pb2 import Session
from gateway.api.v1.session_service_pb2 import (
    SessionServiceGetRequest,
    SessionServiceGetResponse,
    SessionServiceListRequest,
    SessionServiceWatchRequest,
    SessionServiceWatchResponse,
)
from gateway.api.v1.suspense_pb2 import SuspendedReport, WorstCase
from gateway.api.v1.suspense_service_pb2 import (
    AttributeRequest,
    AttributeResponse,
    DismissRequest,
    DismissResponse,
    SuspenseServiceListRequest,
    SuspenseServiceListResponse,
)
from gateway.api.v1.usage_pb2 import Usage
from gateway.api.v1.usage_service_pb2 import (
    UsageServiceListRequest,
    UsageServiceListResponse,
    UsageServiceWatchRequest,
    UsageServiceWatchResponse,
)
from gateway.control.diagnosis import CertificateProblem, Unreachable, why_unavailable

DEADLINE_S = 10.0
PAGE_SIZE = 500
_RECEIVED_BYTES_MAX = 16 << 20
_NEVER_SENT = ("failed to connect to all addresses", "DNS resolution failed")
"""How gRPC begins when there was no connection that a request could have gone out on. Other words prove nothing."""


class CallRefused(Exception):
    """The server said no. `refusal` is a name of the contract's Refusal, without its prefix."""

    def __init__(self, refusal: str, detail: RefusalDetail) -> None:
        where = f"{detail.field}: " if detail.field else ""
        super().__init__(f"{refusal}: {where}{detail.text}")
        self.refusal = refusal
        self.field = detail.field
        self.text = detail.text
        self.retry_can_help = detail.retry_can_help
        self.seq = detail.seq


class Unanswered(Exception):
    """No answer in time, or none that says why: the request may have been taken. Repeat it word for word, under the same id."""


__all__ = ["CallRefused", "CertificateProblem", "Client", "Unanswered", "Unreachable", "as_dict", "is_dangerous"]


class Client:
    """One principal's connection. Use as a context manager. Every call may raise the four errors in `__all__`."""

    def __init__(self, server: str, files: tls.Files, deadline_s: float = DEADLINE_S) -> None:
        """`files` are read at once: raises CertificateProblem. Nothing is connected before the first call."""
        self._server = server
        self._files = files
        self._deadline_s = deadline_s
        options = (
            ("grpc.max_receive_message_length", _RECEIVED_BYTES_MAX),
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.min_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 1_000),
        )
        self._channel = grpc.secure_channel(server, _credentials(files), options=options)
        self._orders = order_service_pb2_grpc.OrderServiceStub(self._channel)
        self._sessions = session_service_pb2_grpc.SessionServiceStub(self._channel)
        self._risk = risk_service_pb2_grpc.RiskServiceStub(self._channel)
        self._reference = reference_service_pb2_grpc.ReferenceServiceStub(self._channel)
        self._lifecycle = lifecycle_service_pb2_grpc.LifecycleServiceStub(self._channel)
        self._usage = usage_service_pb2_grpc.UsageServiceStub(self._channel)
        self._suspense = suspense_service_pb2_grpc.SuspenseServiceStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._channel.close()

    def submit(self, request: api.SubmitRequest) -> api.SubmitResponse:
        response: api.SubmitResponse = self._ask(self._orders.Submit, request)
        return response

    def cancel(self, request: api.CancelRequest) -> api.CancelResponse:
        response: api.CancelResponse = self._ask(self._orders.Cancel, request)
        return response

    def replace(self, request: api.ReplaceRequest) -> api.ReplaceResponse:
        response: api.ReplaceResponse = self._ask(self._orders.Replace, request)
        return response

    def mass_cancel(self, request: api.MassCancelRequest) -> api.MassCancelResponse:
        response: api.MassCancelResponse = self._ask(self._orders.MassCancel, request)
        return response

    def ask_venue(self, request: api.AskVenueRequest) -> api.AskVenueResponse:
        response: api.AskVenueResponse = self._ask(self._orders.AskVenue, request)
        return response

    def resolve(self, request: api.ResolveRequest) -> api.ResolveResponse:
        response: api.ResolveResponse = self._ask(self._orders.Resolve, request)
        return response

    def attribute(self, request: AttributeRequest) -> AttributeResponse:
        response: AttributeResponse = self._ask(self._suspense.Attribute, request)
        return response

    def dismiss(self, request: DismissRequest) -> DismissResponse:
        response: DismissResponse = self._ask(self._suspense.Dismiss, request)
        return response

    def stop(self, request: risk.StopRequest) -> risk.StopResponse:
        response: risk.StopResponse = self._ask(self._risk.Stop, request)
        return response

    def release(self, request: risk.ReleaseRequest) -> risk.ReleaseResponse:
        response: risk.ReleaseResponse = self._ask(self._risk.Release, request)
        return response

    def latches(self) -> list[Latch]:
        """Every latch that holds, oldest first."""
        response: risk.ListLatchesResponse = self._call(self._risk.ListLatches, risk.ListLatchesRequest())
        return list(response.latches)

    def usages(self, scope: str = "") -> list[Usage]:
        """What is used of each limit, now."""
        response: UsageServiceListResponse = self._call(self._usage.List, UsageServiceListRequest(scope=scope))
        return list(response.usages)

    def watch_usages(self, scope: str = "", interval_ms: int = 0) -> Iterator[UsageServiceWatchResponse]:
        """The same, and then what changes. Never ends by itself."""
        return self._stream(self._usage.Watch(UsageServiceWatchRequest(scope=scope, interval_ms=interval_ms)))

    def note_drill(self, request: risk.NoteDrillRequest) -> risk.NoteDrillResponse:
        response: risk.NoteDrillResponse = self._ask(self._risk.NoteDrill, request)
        return response

    def arm_dead_man(self, request: risk.ArmDeadManRequest) -> risk.ArmDeadManResponse:
        response: risk.ArmDeadManResponse = self._ask(self._risk.ArmDeadMan, request)
        return response

    def beat(self) -> risk.BeatResponse:
        response: risk.BeatResponse = self._call(self._risk.Beat, risk.BeatRequest())
        return response

    def disarm_dead_man(self, request: risk.DisarmDeadManRequest) -> risk.DisarmDeadManResponse:
        response: risk.DisarmDeadManResponse = self._ask(self._risk.DisarmDeadMan, request)
        return response

    def dead_men(self) -> list[risk.DeadMan]:
        """Everybody who is watched."""
        response: risk.ListDeadMenResponse = self._call(self._risk.ListDeadMen, risk.ListDeadMenRequest())
        return list(response.dead_men)

    def set_reference(self, request: reference.SetReferenceRequest) -> reference.SetReferenceResponse:
        response: reference.SetReferenceResponse = self._ask(self._reference.SetReference, request)
        return response

    def reference(self, request: reference.ListReferenceRequest) -> reference.ListReferenceResponse:
        response: reference.ListReferenceResponse = self._call(self._reference.ListReference, request)
        return response

    def suspense(self) -> tuple[list[SuspendedReport], list[WorstCase]]:
        """Every report in suspense, oldest first, and what all of them may mean at their worst."""
        found: list[SuspendedReport] = []
        after_seq = 0
        while True:
            request = SuspenseServiceListRequest(after_seq=after_seq, page_size=PAGE_SIZE)
            response: SuspenseServiceListResponse = self._call(self._suspense.List, request)
            found += response.reports
            after_seq = response.next_after_seq
            if not after_seq:
                return found, list(response.worst)

    def get(self, request: api.GetRequest) -> Order:
        response: api.GetResponse = self._call(self._orders.Get, request)
        return response.order

    def orders(self, wanted: api.OrderServiceListRequest) -> Iterator[Order]:
        """Every matching order, newest first, a page at a time; `wanted` says which, and nothing of pages."""
        token = ""
        while True:
            request = api.OrderServiceListRequest(page_size=PAGE_SIZE, page_token=token)
            request.MergeFrom(wanted)
            response: api.OrderServiceListResponse = self._call(self._orders.List, request)
            yield from response.orders
            token = response.next_page_token
            if not token:
                return

    def watch(
        self, after_seq: int | None = None, accounts: Iterable[str] = (), root_id: str = "", timeout_s: float | None = None
    ) -> Iterator[api.OrderServiceWatchResponse]:
        """Events from now on, or after a resume token. Never ends by itself, but after `timeout_s`."""
        request = api.OrderServiceWatchRequest(after_seq=after_seq, accounts=accounts, root_id=root_id)
        return self._stream(self._orders.Watch(request, timeout=timeout_s), has_end=timeout_s is not None)

    def sessions(self) -> list[Session]:
        return list(self._call(self._sessions.List, SessionServiceListRequest()).sessions)

    def session(self, name: str) -> Session:
        response: SessionServiceGetResponse = self._call(self._sessions.Get, SessionServiceGetRequest(session=name))
        return response.session

    def watch_sessions(self, after_seq: int | None = None) -> Iterator[SessionServiceWatchResponse]:
        """Every session at once, or those that changed after a seq, then those that change. Never ends by itself."""
        return self._stream(self._sessions.Watch(SessionServiceWatchRequest(after_seq=after_seq)))

    def session_act(self, verb: str, request: Message) -> Any:
        """One of the acts of SessionService, by the name of its call."""
        return self._ask(getattr(self._sessions, verb), request)

    def drain(self, request: lifecycle.DrainRequest) -> lifecycle.DrainResponse:
        response: lifecycle.DrainResponse = self._ask(self._lifecycle.Drain, request)
        return response

    def stop_drain(self, request: lifecycle.StopDrainRequest) -> lifecycle.StopDrainResponse:
        response: lifecycle.StopDrainResponse = self._ask(self._lifecycle.StopDrain, request)
        return response

    def watch_drain(self) -> Iterator[lifecycle.WatchDrainResponse]:
        """How the drain stands, now and at each change, to its end."""
        return self._stream(self._lifecycle.WatchDrain(lifecycle.WatchDrainRequest()))

    def days(self) -> list[lifecycle.TradingDay]:
        """The trading day of each session, and how the last one ended."""
        return list(self._call(self._lifecycle.ListDays, lifecycle.ListDaysRequest()).days)

    def take_snapshot(self, timeout_s: float) -> lifecycle.TakeSnapshotResponse:
        """Returns when it is taken, or raises after so long."""
        request = lifecycle.TakeSnapshotRequest()
        response: lifecycle.TakeSnapshotResponse = self._call(self._lifecycle.TakeSnapshot, request, timeout_s)
        return response

    def _ask(self, call: Callable[..., Any], request: Message) -> Any:
        """A call that changes something: unless it surely never left, a broken connection leaves its outcome open."""
        try:
            return call(request, timeout=self._deadline_s)
        except grpc.RpcError as error:
            meaning = self._meaning(error)
            if isinstance(meaning, (Unreachable, CertificateProblem)) and not _was_never_sent(error):
                raise Unanswered(f"the connection broke, the request may have been taken: {meaning}") from error
            raise meaning from error

    def _call(self, call: Callable[..., Any], request: Message, timeout_s: float | None = None) -> Any:
        try:
            return call(request, timeout=timeout_s or self._deadline_s)
        except grpc.RpcError as error:
            raise self._meaning(error) from error

    def _stream(self, call: Any, *, has_end: bool = False) -> Iterator[Any]:
        """`has_end`: a deadline of ours is the end, and no failure."""
        try:
            yield from call
        except grpc.RpcError as error:
            if has_end and call.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                return
            raise self._meaning(error) from error
        finally:
            call.cancel()

    def _meaning(self, error: Any) -> Exception:
        """What went wrong, in the words of `__all__`."""
        code, details = error.code(), error.details() or ""  # Each RpcError of a client is the call itself.
        refused = _refusal(error)
        if refused is not None:
            return refused
        if code is grpc.StatusCode.UNAVAILABLE:
            return why_unavailable(self._server, self._files, details)
        return Unanswered(f"{code.name}: {details}")


def is_dangerous(service: str, method: str) -> bool:
    """Whether the contract marks a call so: a person should be asked twice."""
    call = session_service_pb2.DESCRIPTOR.services_by_name[service].methods_by_name[method]
    marked: bool = call.GetOptions().Extensions[dangerous_pb2.is_dangerous]  # type: ignore[index]  # The stub leaves its type out.
    return marked


def as_dict(message: Message) -> dict[str, Any]:
    """A message as JSON has it, with the names of the contract and every field that is not empty."""
    return MessageToDict(message, preserving_proto_field_name=True)


def _credentials(files: tls.Files) -> grpc.ChannelCredentials:
    try:
        authority, key = files.authority.read_bytes(), files.key.read_bytes()
        return grpc.ssl_channel_credentials(authority, key, files.certificate.read_bytes())
    except OSError as error:
        raise CertificateProblem(f"{error.filename}: {error.strerror}") from error


def _was_never_sent(error: Any) -> bool:
    return (error.details() or "").startswith(_NEVER_SENT)


def _refusal(error: Any) -> CallRefused | None:
    """The detail that the server sent; None where the status is not the server's own."""
    status = rpc_status.from_call(error)
    detail = RefusalDetail()
    if status is None or not any(packed.Unpack(detail) for packed in status.details):
        return None
    return CallRefused(Refusal.Name(detail.refusal).removeprefix("REFUSAL_"), detail)
