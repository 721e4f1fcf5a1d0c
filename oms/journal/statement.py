"""One statement that is run again and again: prepared once, and given its parameters as PostgreSQL takes them.

The driver's cursors look at each parameter's type and at each statement anew, which takes longer than all else that a small
batch costs us.
"""

from collections.abc import Sequence
from typing import Self

from psycopg import AsyncConnection
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, Format
from psycopg.rows import TupleRow

_GOOD = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


class Statement:
    """Of one connection, on which nothing else may be running meanwhile."""

    def __init__(self, connection: AsyncConnection[TupleRow], name: bytes, parameters: int) -> None:
        self._connection = connection
        self._name = name
        self._formats = [Format.BINARY] * parameters

    @classmethod
    async def prepare(cls, connection: AsyncConnection[TupleRow], name: bytes, text: bytes, parameters: int) -> Self:
        """`text` has `parameters` parameters, $1 and so on; what types they have follows from it. Raises psycopg.Error."""
        statement = cls(connection, name, parameters)
        connection.pgconn.send_prepare(name, text)
        await statement._answer()
        return statement

    async def run(self, parameters: Sequence[bytes]) -> None:
        """Each parameter in PostgreSQL's binary form. What the statement returns is not looked at. Raises psycopg.Error."""
        self._connection.pgconn.send_query_prepared(self._name, parameters, self._formats)
        await self._answer()

    async def _answer(self) -> None:
        for result in await self._connection.wait(execute(self._connection.pgconn)):
            if result.status not in _GOOD:
                raise error_from_result(result, self._connection.info.encoding)
