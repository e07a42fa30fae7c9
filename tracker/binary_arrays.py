"""Arrays as parameters, in PostgreSQL's binary format.

psycopg adapts any list, by looking at what is in it; for the short ones of an append that took
longer than all the rest of the client's work (75 of 225 µs a call). Here the types are known.
"""

import struct
from collections.abc import Sequence
from typing import Any, Literal

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

_HEADER, _LENGTH, _BIGINT = struct.Struct("!iiIii"), struct.Struct("!i"), struct.Struct("!q")
_OIDS = {name: types[name].oid for name in ("uuid", "int8", "text", "bytea")}


class Packed(bytes):
    """A parameter that is encoded already."""


class _PackedDumper(Dumper):
    # No type of its own: the server takes that of the function's parameter, and the array says
    # what its elements are, so a mismatch is refused.
    format = Format.BINARY

    def dump(self, obj: Packed) -> Packed:
        return obj


def accept_packed(connection: Connection[Any]) -> None:
    """Lets the connection take Packed parameters, as %b."""
    connection.adapters.register_dumper(Packed, _PackedDumper)


def bigint(value: int) -> bytes:
    """An element of an int8 array. Raises struct.error beyond 64 bits."""
    return _BIGINT.pack(value)


def array(of: Literal["uuid", "int8", "text", "bytea"], items: Sequence[bytes]) -> Packed:
    """An array of elements that are in binary format themselves."""
    if not items:
        return Packed(struct.pack("!iiI", 0, 0, _OIDS[of]))
    parts = [_HEADER.pack(1, 0, _OIDS[of], len(items), 1)]
    for item in items:
        parts += (_LENGTH.pack(len(item)), item)
    return Packed(b"".join(parts))
