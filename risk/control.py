"""What can be limited. The functions, and their precedence, are in `risk.checks`."""

from oms.domain.fields import Choice, plain_members


@plain_members
class Control(Choice):
    """One number that somebody answers for. The value is the stable name, in files, journals and on the wire."""

    REFERENCE_AGE_MS_MAX = "reference_age_ms_max"
    ORDER_QTY_MAX = "order_qty_max"
    ORDER_VALUE_MAX = "order_value_max"
    PRICE_COLLAR_BPS = "price_collar_bps"
    PASSIVE_COLLAR_BPS = "passive_collar_bps"
    OPEN_ORDERS_MAX = "open_orders_max"
    LONG_QTY_MAX = "long_qty_max"
    SHORT_QTY_MAX = "short_qty_max"
    OPEN_VALUE_MAX = "open_value_max"
    DAY_GROSS_VALUE_MAX = "day_gross_value_max"
    DAY_NET_VALUE_MAX = "day_net_value_max"
    FX_RATE_AGE_MS_MAX = "fx_rate_age_ms_max"
    LAST_TRADE_AGE_MS_MAX = "last_trade_age_ms_max"
    PRIOR_CLOSE_AGE_MS_MAX = "prior_close_age_ms_max"
    PERMISSION = "permission"
    RESTRICTED_LIST = "restricted_list"
    MARKET_STATE = "market_state"
    AUCTION_QTY_MAX = "auction_qty_max"
    ORDER_ADV_BPS_MAX = "order_adv_bps_max"
    DAY_ADV_BPS_MAX = "day_adv_bps_max"
    SHORT_MARKING = "short_marking"
    LOCATE = "locate"
    SHORT_CIRCUIT_BREAKER = "short_circuit_breaker"


ALWAYS_LIMITED = (
    Control.REFERENCE_AGE_MS_MAX,
    Control.ORDER_QTY_MAX,
    Control.ORDER_VALUE_MAX,
    Control.PRICE_COLLAR_BPS,
    Control.PASSIVE_COLLAR_BPS,
)
"""Without each of these, at some scope that the order is in, nothing passes: a scope that nobody thought of starts blocked."""
READS_REFERENCE = (
    Control.PERMISSION,
    Control.RESTRICTED_LIST,
    Control.MARKET_STATE,
    Control.AUCTION_QTY_MAX,
    Control.ORDER_ADV_BPS_MAX,
    Control.DAY_ADV_BPS_MAX,
    Control.LOCATE,
    Control.SHORT_CIRCUIT_BREAKER,
)
"""A limit of each of these says how old what it reads may be."""
