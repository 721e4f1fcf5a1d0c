"""Rules of engagement that a person can read: what a counterparty's file means, in the order in which one asks."""

from collections.abc import Iterable

from gateway.codec.dialect import Action, Copy, Remap, Remove, Rule, Set
from ops.counterparty.file import AfterWords, Counterparty

Row = tuple[str, str]
_WIDTH = 18


def describe(counterparty: Counterparty) -> str:
    """All of it, a line for each rule."""
    sections = (
        (counterparty.name, _sessions(counterparty)),
        ("Connection", _connection(counterparty)),
        ("Hours", _hours(counterparty)),
        ("Orders", _orders(counterparty)),
        ("Rate", _rate(counterparty)),
        ("Dialect", _dialect(counterparty)),
        ("Requests", _requests(counterparty)),
        ("When something is amiss", _amiss(counterparty)),
    )
    return "\n\n".join(_section(title, rows) for title, rows in sections)


def _section(title: str, rows: Iterable[Row]) -> str:
    return "\n".join([title, *(f"  {name:<{_WIDTH}}  {text}" for name, text in rows)])


def _sessions(counterparty: Counterparty) -> Iterable[Row]:
    version, orders, market_data = counterparty.version, counterparty.orders, counterparty.market_data
    speaks = f"{version.begin_string} ({version.default_appl_ver_id})" if version.default_appl_ver_id else version.begin_string
    yield "speaks", speaks
    yield "orders", f"{orders.sender_comp_id} (ours) to {orders.target_comp_id}; its numbers go on for ever"
    if market_data is not None:
        ids = f"{market_data.sender_comp_id} (ours) to {market_data.target_comp_id}"
        archived = "; prices are archived" if market_data.archive_prices else ""
        yield "market data", f"{ids}; its numbers start anew at every logon; {_words(market_data.symbols)}{archived}"


def _connection(counterparty: Counterparty) -> Iterable[Row]:
    reach = counterparty.reach
    yield "endpoint", ", else ".join(map(str, reach.addresses))
    yield from _line(counterparty)
    yield "heartbeat", f"every {counterparty.heart_bt_int_s} s"
    logon = counterparty.logon
    for name, text in (("Username(553)", logon.username), ("Password(554)", logon.password), *logon.secrets.items()):
        if text:
            yield "logon", f"{name} from {text}"
    for tag, text in logon.fields.items():
        yield "logon", f"{tag}={text}"


def _line(counterparty: Counterparty) -> Iterable[Row]:
    reach, tls = counterparty.reach, counterparty.tls
    if tls is None:
        yield "line", "plain TCP: neither encrypted nor authenticated"
        yield "connects again", f"after {reach.interval_s} s"
        return
    yield "line", f"TLS 1.2 or later through the front door, which its workers find at port {tls.loopback_port} of this machine"
    yield "its certificate", f"is for {tls.server_name or 'the host of each address'}, by {tls.ca or 'whom the system trusts'}"
    yield "our certificate", str(tls.certificate) if tls.certificate else "none is shown"
    yield "connects again", f"after {reach.interval_s} s, then ever more slowly, to {reach.interval_s_max} s"


def _hours(counterparty: Counterparty) -> Iterable[Row]:
    schedule = counterparty.schedule
    if schedule is None:
        yield "logged on", "always"
        return
    for window in schedule.windows:
        closes = f"{window.closes_on} {window.closes}" if window.closes_on else window.closes
        night = ", the day after" if not window.closes_on and window.closes <= window.opens else ""
        yield "logged on", f"{_words(window.days)} from {window.opens} to {closes}{night}, {schedule.time_zone}"
    yield "closed on", _words(sorted(map(str, schedule.holidays)))
    yield "trading day", f"ends at {schedule.end_of_day}; what was asked for on an earlier one is not sent any more"


def _orders(counterparty: Counterparty) -> Iterable[Row]:
    takes = counterparty.takes
    yield "types", _words(takes.ord_types)
    yield "times in force", _words(takes.times_in_force)
    yield "sides", _words(takes.sides)
    yield "handling", _words(takes.handl_insts)
    yield "execution", _words(takes.exec_insts)
    yield "instructions", _words(takes.instructions)
    yield from counterparty.limits.described() if counterparty.limits else [("lengths", "as long as we like")]


def _rate(counterparty: Counterparty) -> Iterable[Row]:
    if counterparty.rate is None:
        yield "messages", "as many as there are"
        return
    yield from counterparty.rate.described()


def _dialect(counterparty: Counterparty) -> Iterable[Row]:
    beyond = tuple(counterparty.dictionary.described())
    yield from beyond
    if counterparty.dialect is None:
        if not beyond:
            yield "as FIX has it", "nothing is said otherwise"
        return
    for ours, theirs in counterparty.symbols.items():
        yield "symbol", f"{ours} is {theirs} there"
    for name, rules in (("we say", counterparty.dialect.outgoing), ("it says", counterparty.dialect.incoming)):
        for rule in rules:
            yield name, _rule(rule)


def _rule(rule: Rule) -> str:
    which = f"in 35={', '.join(sorted(rule.msg_types))}" if rule.msg_types else "in every business message"
    values = f"={' or '.join(sorted(rule.when_values))}" if rule.when_values else ""
    when = f", where {rule.when_tag}{values} is {'not ' if rule.is_negated else ''}there" if rule.when_tag else ""
    return f"{_action(rule.action)} {which}{when}"


def _action(action: Action) -> str:
    match action:
        case Set():
            return f"{action.tag}={action.value}"
        case Remove():
            return f"no {action.tag}"
        case Copy():
            return f"{action.tag} as {action.source}"
        case Remap():
            return f"{action.tag} {', '.join(f'{value} becomes {other}' for value, other in action.values.items())}"


def _requests(counterparty: Counterparty) -> Iterable[Row]:
    takes = counterparty.takes
    asks_of_all = counterparty.version.has_mass_requests and takes.mass_status is not False
    yield "cancel", "OrderCancelRequest(35=F)"
    at_once = f", at most {takes.replaces_pending_max} of an order at once"
    yield "replace", f"OrderCancelReplaceRequest(35=G){at_once}" if takes.replace else "no: cancel, and place anew"
    yield "mass cancel", "OrderMassCancelRequest(35=q)" if takes.mass_cancel else "no: order by order"
    yield "order status", "OrderStatusRequest(35=H)" if takes.order_status else "no: what is unknown stays so until it says"
    yield "mass status", "OrderMassStatusRequest(35=AF)" if asks_of_all else "no: order by order"


def _amiss(counterparty: Counterparty) -> Iterable[Row]:
    alarms = counterparty.alarms
    yield "alarm", f"no answer to a request for {alarms.silent_after_s} s, while heartbeats come"
    yield "alarm", f"more than {alarms.rejects_max} rejects within {alarms.reject_window_s} s"
    yield "alarm", f"{alarms.logon_failures_max} failed logons in a row, or none for {alarms.not_logged_on_s} s"
    is_adopted = counterparty.unknown_orders == "adopt"
    yield "unknown orders", "on our accounts become ours" if is_adopted else "are set aside until a person decides"
    means = "so it never had it: it is decided again" if counterparty.trust_resend_request else "what it asked for is in doubt"
    yield "its resend request", f"is answered by a gap-fill, never by an old order; {means}"
    age_ms = counterparty.reissue_age_ms_max
    limit = "the environment says" if age_ms is None else f"{age_ms} ms"
    yield (
        "never left",
        "is never sent again" if age_ms == 0 else f"is sent again, PossResend(97)=Y, while younger than {limit}",
    )
    yield "our session drops", _dropped(counterparty)


def _dropped(counterparty: Counterparty) -> str:
    cancels = counterparty.cancels_on_disconnect
    if isinstance(cancels, AfterWords):
        theirs = f"it cancels our orders after {cancels.after_s} s"
    else:
        theirs = {
            True: "it cancels our orders",
            False: "our orders stay there",
            None: "what becomes of our orders nobody says",
        }[cancels]
    if counterparty.on_disconnect == "cancel":
        return f"{theirs}; back, we cancel them all, and take no new ones until all is told"
    return f"{theirs}; back, we ask how they stand"


def _words(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
