"""How FIX messages of the past are shown: a line that says which, and under it the fields in FIX's own words.

What a peer sent may be anything: everything that comes from a message is made safe for the terminal.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from gateway.fix.masking import Mask
from gateway.reader.explaining import Explained, Field, explain, safe
from gateway.reader.message import Message
from gateway.reader.pairing import answered
from ops.commands.options import wants_json

_ARROWS = {"in": "<-", "out": "->"}
_ABOVE = frozenset({8, 9, 34, 35, 10})
"""Fields that the line above them says, or that say nothing of a message."""
_VALUE_CHARACTERS_MAX = 2_000
_mask = Mask()


def show(messages: Sequence[Message], *, is_raw: bool) -> None:
    """Each message with the one that it answers, if that is among them."""
    pairs = answered(messages)
    for place, message in enumerate(messages):
        asked = messages[pairs[place]] if place in pairs else None
        if wants_json():
            click.echo(json.dumps(_as_json(message, asked)))
        elif is_raw:
            click.echo(f"{_time(message.at_ns)} {_ARROWS[message.direction]} {safe(message.session)} {_raw(message)}")
        else:
            click.echo("\n".join(_lines(message, asked)))


def _lines(message: Message, asked: Message | None) -> Iterator[str]:
    explained = explain(message.raw)
    yield "  ".join(part for part in _heading(message, explained, asked) if part)
    if message.note:
        yield f"    ! {safe(message.note)}"
    yield from _fields(explained.fields, "    ", _ABOVE)


def _heading(message: Message, explained: Explained, asked: Message | None) -> Iterator[str]:
    yield _time(message.at_ns)
    yield f"{_ARROWS[message.direction]} {safe(message.session)}"
    yield f"34={message.msg_seq_num}" if message.msg_seq_num else ""
    yield _name(message, explained)
    yield f"order {safe(message.root_id)}" if message.root_id else ""
    yield f"answers 34={asked.msg_seq_num}" if asked is not None else ""
    yield f"[{_source(message)}]"


def _name(message: Message, explained: Explained) -> str:
    if message.why == "lost":
        return "messages were lost"
    msg_type = safe(message.msg_type[:20])
    return f"{explained.name} (35={msg_type})" if explained.name else f"35={msg_type}" if msg_type else "no MsgType"


def _source(message: Message) -> str:
    return f"journal {message.seq}" if message.seq else f"file, {message.why}"


def _fields(fields: Sequence[Field], indent: str, hidden: frozenset[int] = frozenset()) -> Iterator[str]:
    for field in fields:
        if field.tag in hidden:
            continue
        name = f"{field.name}({field.tag})=" if field.name else f"{field.tag}=" if field.tag else "? "
        yield f"{indent}{name}{_value(field.value)}{f'  {safe(field.meaning)}' if field.meaning else ''}"
        for number, entry in enumerate(field.entries, 1):
            yield f"{indent}  [{number}]"
            yield from _fields(entry, f"{indent}    ")


def _value(value: str) -> str:
    shown = safe(value[:_VALUE_CHARACTERS_MAX])
    return f"{shown}... ({len(value)} bytes; --json has them all)" if len(value) > _VALUE_CHARACTERS_MAX else shown


def _raw(message: Message) -> str:
    """The whole message on one line, a bar for each delimiter."""
    return "|".join(safe(part) for part in _mask(message.raw).decode("latin-1").split("\x01"))


def _as_json(message: Message, asked: Message | None) -> Mapping[str, Any]:
    explained = explain(message.raw)
    return {
        "at": _time(message.at_ns),
        "at_ns": message.at_ns,
        "direction": message.direction,
        "session": message.session,
        "msg_seq_num": message.msg_seq_num,
        "msg_type": message.msg_type,
        "name": explained.name,
        "source": "journal" if message.seq else "file",
        "seq": message.seq,
        "why": message.why,
        "note": message.note,
        "root_id": message.root_id,
        "answers_msg_seq_num": asked.msg_seq_num if asked is not None else None,
        "raw": _mask(message.raw).decode("latin-1"),
        "fields": [_field_as_json(field) for field in explained.fields],
    }


def _field_as_json(field: Field) -> Mapping[str, Any]:
    entries = {"entries": [[_field_as_json(one) for one in entry] for entry in field.entries]} if field.entries else {}
    return {"tag": field.tag, "name": field.name, "value": field.value, "meaning": field.meaning, **entries}


def _time(at_ns: int) -> str:
    second = datetime.fromtimestamp(at_ns // 1_000_000_000, UTC)
    return f"{second:%Y-%m-%d %H:%M:%S}.{at_ns % 1_000_000_000 // 1_000:06d}"
