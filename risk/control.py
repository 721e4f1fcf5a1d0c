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


ALWAYS_LIMITED = (
    Control.REFERENCE_AGE_MS_MAX,
    Control.ORDER_QTY_MAX,
    Control.ORDER_VALUE_MAX,
    Control.PRICE_COLLAR_BPS,
    Control.PASSIVE_COLLAR_BPS,
)
"""Without each of these, at some scope that the order is in, nothing passes: a scope that nobody thought of starts blocked."""
