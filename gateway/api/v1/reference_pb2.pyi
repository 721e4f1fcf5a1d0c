from gateway.api.v1 import fix_pb2 as _fix_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MarketState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MARKET_STATE_UNSPECIFIED: _ClassVar[MarketState]
    MARKET_STATE_CONTINUOUS: _ClassVar[MarketState]
    MARKET_STATE_PRE_MARKET: _ClassVar[MarketState]
    MARKET_STATE_POST_MARKET: _ClassVar[MarketState]
    MARKET_STATE_AUCTION: _ClassVar[MarketState]
    MARKET_STATE_NO_CANCEL: _ClassVar[MarketState]
    MARKET_STATE_PAUSED: _ClassVar[MarketState]
    MARKET_STATE_HALTED: _ClassVar[MarketState]
    MARKET_STATE_CLOSED: _ClassVar[MarketState]

class Restriction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESTRICTION_UNSPECIFIED: _ClassVar[Restriction]
    RESTRICTION_NO_TRADE: _ClassVar[Restriction]
    RESTRICTION_BUY_ONLY: _ClassVar[Restriction]
    RESTRICTION_SELL_ONLY: _ClassVar[Restriction]
    RESTRICTION_CLOSE_ONLY: _ClassVar[Restriction]
    RESTRICTION_WATCH: _ClassVar[Restriction]
MARKET_STATE_UNSPECIFIED: MarketState
MARKET_STATE_CONTINUOUS: MarketState
MARKET_STATE_PRE_MARKET: MarketState
MARKET_STATE_POST_MARKET: MarketState
MARKET_STATE_AUCTION: MarketState
MARKET_STATE_NO_CANCEL: MarketState
MARKET_STATE_PAUSED: MarketState
MARKET_STATE_HALTED: MarketState
MARKET_STATE_CLOSED: MarketState
RESTRICTION_UNSPECIFIED: Restriction
RESTRICTION_NO_TRADE: Restriction
RESTRICTION_BUY_ONLY: Restriction
RESTRICTION_SELL_ONLY: Restriction
RESTRICTION_CLOSE_ONLY: Restriction
RESTRICTION_WATCH: Restriction

class Adv(_message.Message):
    __slots__ = ("symbol", "adv20")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    ADV20_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    adv20: str
    def __init__(self, symbol: _Optional[str] = ..., adv20: _Optional[str] = ...) -> None: ...

class PriorClose(_message.Message):
    __slots__ = ("symbol", "px")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    PX_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    px: str
    def __init__(self, symbol: _Optional[str] = ..., px: _Optional[str] = ...) -> None: ...

class LastTrade(_message.Message):
    __slots__ = ("symbol", "px")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    PX_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    px: str
    def __init__(self, symbol: _Optional[str] = ..., px: _Optional[str] = ...) -> None: ...

class Market(_message.Message):
    __slots__ = ("symbol", "state")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    state: MarketState
    def __init__(self, symbol: _Optional[str] = ..., state: _Optional[_Union[MarketState, str]] = ...) -> None: ...

class ShortRestriction(_message.Message):
    __slots__ = ("symbol", "is_on")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    IS_ON_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    is_on: bool
    def __init__(self, symbol: _Optional[str] = ..., is_on: _Optional[bool] = ...) -> None: ...

class EasyToBorrow(_message.Message):
    __slots__ = ("symbol", "is_easy")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    IS_EASY_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    is_easy: bool
    def __init__(self, symbol: _Optional[str] = ..., is_easy: _Optional[bool] = ...) -> None: ...

class Locate(_message.Message):
    __slots__ = ("locate_id", "symbol", "qty", "account")
    LOCATE_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    QTY_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    locate_id: str
    symbol: str
    qty: str
    account: str
    def __init__(self, locate_id: _Optional[str] = ..., symbol: _Optional[str] = ..., qty: _Optional[str] = ..., account: _Optional[str] = ...) -> None: ...

class FxRate(_message.Message):
    __slots__ = ("currency", "base", "rate", "haircut_bps")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    HAIRCUT_BPS_FIELD_NUMBER: _ClassVar[int]
    currency: str
    base: str
    rate: str
    haircut_bps: str
    def __init__(self, currency: _Optional[str] = ..., base: _Optional[str] = ..., rate: _Optional[str] = ..., haircut_bps: _Optional[str] = ...) -> None: ...

class Restricted(_message.Message):
    __slots__ = ("scope", "restriction", "reason")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    RESTRICTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    scope: str
    restriction: Restriction
    reason: str
    def __init__(self, scope: _Optional[str] = ..., restriction: _Optional[_Union[Restriction, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class RestrictedList(_message.Message):
    __slots__ = ("name", "entries")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    name: str
    entries: _containers.RepeatedCompositeFieldContainer[Restricted]
    def __init__(self, name: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[Restricted, _Mapping]]] = ...) -> None: ...

class Allowed(_message.Message):
    __slots__ = ("scope", "ord_types", "times_in_force", "after", "before")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    ORD_TYPES_FIELD_NUMBER: _ClassVar[int]
    TIMES_IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    scope: str
    ord_types: _containers.RepeatedScalarFieldContainer[_fix_pb2.OrdType]
    times_in_force: _containers.RepeatedScalarFieldContainer[_fix_pb2.TimeInForce]
    after: str
    before: str
    def __init__(self, scope: _Optional[str] = ..., ord_types: _Optional[_Iterable[_Union[_fix_pb2.OrdType, str]]] = ..., times_in_force: _Optional[_Iterable[_Union[_fix_pb2.TimeInForce, str]]] = ..., after: _Optional[str] = ..., before: _Optional[str] = ...) -> None: ...

class AllowList(_message.Message):
    __slots__ = ("name", "entries")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    name: str
    entries: _containers.RepeatedCompositeFieldContainer[Allowed]
    def __init__(self, name: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[Allowed, _Mapping]]] = ...) -> None: ...

class ReferenceRow(_message.Message):
    __slots__ = ("adv", "prior_close", "last_trade", "market", "short_restriction", "easy_to_borrow", "locate", "fx_rate", "restricted_list", "allow_list")
    ADV_FIELD_NUMBER: _ClassVar[int]
    PRIOR_CLOSE_FIELD_NUMBER: _ClassVar[int]
    LAST_TRADE_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    SHORT_RESTRICTION_FIELD_NUMBER: _ClassVar[int]
    EASY_TO_BORROW_FIELD_NUMBER: _ClassVar[int]
    LOCATE_FIELD_NUMBER: _ClassVar[int]
    FX_RATE_FIELD_NUMBER: _ClassVar[int]
    RESTRICTED_LIST_FIELD_NUMBER: _ClassVar[int]
    ALLOW_LIST_FIELD_NUMBER: _ClassVar[int]
    adv: Adv
    prior_close: PriorClose
    last_trade: LastTrade
    market: Market
    short_restriction: ShortRestriction
    easy_to_borrow: EasyToBorrow
    locate: Locate
    fx_rate: FxRate
    restricted_list: RestrictedList
    allow_list: AllowList
    def __init__(self, adv: _Optional[_Union[Adv, _Mapping]] = ..., prior_close: _Optional[_Union[PriorClose, _Mapping]] = ..., last_trade: _Optional[_Union[LastTrade, _Mapping]] = ..., market: _Optional[_Union[Market, _Mapping]] = ..., short_restriction: _Optional[_Union[ShortRestriction, _Mapping]] = ..., easy_to_borrow: _Optional[_Union[EasyToBorrow, _Mapping]] = ..., locate: _Optional[_Union[Locate, _Mapping]] = ..., fx_rate: _Optional[_Union[FxRate, _Mapping]] = ..., restricted_list: _Optional[_Union[RestrictedList, _Mapping]] = ..., allow_list: _Optional[_Union[AllowList, _Mapping]] = ...) -> None: ...
