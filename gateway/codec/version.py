"""What the versions of FIX say differently, as data. Inside there is one way to say it, that of FIX 4.4 and 5.0."""

from collections.abc import Callable, Mapping

import msgspec

from gateway.codec import fix42
from gateway.codec.message import Message
from gateway.codec.text import Fields
from oms.domain.fields import DKReason, OrderCapacity, OrdType, PositionEffect, TimeInForce
from oms.domain.terms import Terms

OrderKind = tuple[OrdType, TimeInForce]


class Version(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A version of FIX: its name, its dictionaries, and its words where not all say the same. Of each there is one object."""

    begin_string: str
    """BeginString(8), by which a counterparty's file names the version."""
    data_dictionary: str
    """QuickFIX's dictionary of the business messages; of all messages where there is no other."""
    transport_data_dictionary: str = ""
    """Its dictionary of the session messages, where these have a version of their own."""
    default_appl_ver_id: str = ""
    """The version of the business messages of such a session, as QuickFIX calls it: DefaultApplVerID(1137)."""
    order_kinds: Mapping[OrderKind, str]
    """How OrdType(40) and TimeInForce(59) are written. A pair that is absent cannot be said."""
    order_capacities: Mapping[OrderCapacity, tuple[int, str]]
    """The tag and value of an OrderCapacity. One that is absent cannot be said."""
    position_effects: frozenset[PositionEffect]
    dk_reasons: Mapping[DKReason, str]
    """How DKReason(127) is written."""
    has_mass_requests: bool = True
    """Whether there are OrderMassCancelRequest(q) and OrderMassStatusRequest(AF)."""
    modern: Callable[[Message], Message] | None = None
    """What a peer says, in the words of FIX 4.4; None where it uses them anyway."""
    older: Callable[[Fields], Fields] | None = None
    """The body of an ExecutionReport(8) of FIX 4.4, in the words of this version; None where they are the same."""

    def __repr__(self) -> str:
        return f"Version({self.begin_string!r})"


def lacks(version: Version, terms: Terms) -> str:
    """The first thing that `terms` ask for and the version cannot say; empty if it can say all.

    What is written all the same is written as in FIX 4.4, so that the peer refuses it and takes it for nothing else.
    """
    how = terms.instructions
    if (terms.ord_type, terms.time_in_force) not in version.order_kinds:
        return f"ord_type={terms.ord_type.name} time_in_force={terms.time_in_force.name}"
    if how.order_capacity is not None and how.order_capacity not in version.order_capacities:
        return f"order_capacity={how.order_capacity.name}"
    if how.position_effect is not None and how.position_effect not in version.position_effects:
        return f"position_effect={how.position_effect.name}"
    return ""


def order_kind(ord_type: OrdType, time_in_force: TimeInForce) -> str:
    """Both as they are, whether or not any version says so."""
    return f"40={ord_type.code}\x0159={time_in_force.code}\x01"


_ON_CLOSE = {OrdType.MARKET_ON_CLOSE: OrdType.MARKET, OrdType.LIMIT_ON_CLOSE: OrdType.LIMIT}
_CLOSE_TIMES = (TimeInForce.DAY, TimeInForce.AT_THE_CLOSE)
_SINCE_4_3 = frozenset({OrdType.MARKET_IF_TOUCHED, OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT})


_PLAIN_KINDS = {(o, t): order_kind(o, t) for o in OrdType for t in TimeInForce if o not in _ON_CLOSE}
_CLOSE_BY_TIME = {(o, t): order_kind(plain, TimeInForce.AT_THE_CLOSE) for o, plain in _ON_CLOSE.items() for t in _CLOSE_TIMES}
_CLOSE_BY_TYPE = {(o, t): order_kind(o, TimeInForce.DAY) for o in _ON_CLOSE for t in _CLOSE_TIMES}
_CLOSE_BY_TYPE |= {(plain, TimeInForce.AT_THE_CLOSE): order_kind(o, TimeInForce.DAY) for o, plain in _ON_CLOSE.items()}

FIX_42 = Version(
    begin_string="FIX.4.2",
    data_dictionary="FIX42",
    order_kinds={
        (o, t): said for (o, t), said in _PLAIN_KINDS.items() if o not in _SINCE_4_3 and t is not TimeInForce.AT_THE_CLOSE
    }
    | _CLOSE_BY_TYPE,
    order_capacities={
        OrderCapacity.AGENCY: (47, "A"),
        OrderCapacity.INDIVIDUAL: (47, "I"),
        OrderCapacity.PRINCIPAL: (47, "P"),
        OrderCapacity.AGENT_FOR_OTHER_MEMBER: (47, "W"),
    },
    position_effects=frozenset({PositionEffect.OPEN, PositionEffect.CLOSE}),
    dk_reasons={reason: reason.code for reason in DKReason} | {DKReason.CALCULATION_DIFFERENCE: DKReason.OTHER.code},
    has_mass_requests=False,
    modern=fix42.modern,
    older=fix42.older,
)
"""Rule80A(47) has the codes of four capacities only; its others mean programs and affiliations."""

FIX_44 = Version(
    begin_string="FIX.4.4",
    data_dictionary="FIX44",
    order_kinds=_PLAIN_KINDS | _CLOSE_BY_TIME,
    order_capacities={capacity: (528, capacity.code) for capacity in OrderCapacity},
    position_effects=frozenset(PositionEffect),
    dk_reasons={reason: reason.code for reason in DKReason},
)

FIX_50SP2 = Version(
    begin_string="FIXT.1.1",
    data_dictionary="FIX50SP2",
    transport_data_dictionary="FIXT11",
    default_appl_ver_id="FIX.5.0SP2",
    order_kinds=FIX_44.order_kinds,
    order_capacities=FIX_44.order_capacities,
    position_effects=FIX_44.position_effects,
    dk_reasons=FIX_44.dk_reasons,
)

VERSIONS: Mapping[str, Version] = {version.begin_string: version for version in (FIX_42, FIX_44, FIX_50SP2)}
"""By BeginString(8)."""
