"""Reads protocol buffers: https://protobuf.dev/programming-guides/encoding/."""
from __future__ import annotations

import struct
from typing import Iterator, Union

VARINT = 0
FIXED_64 = 1
LENGTH_DELIMITED = 2
FIXED_32 = 5

Value = Union[int, bytes]


class MalformedMessage(Exception):
    """The bytes are no protocol buffer, or are cut short."""


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        # Ten bytes are the longest varint there is.
        if at >= len(message) or shift > 63:
            raise MalformedMessage('a varint has no end')
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _slice(message: bytes, at: int, length: int) -> tuple[bytes, int]:
    if at + length > len(message):
        raise MalformedMessage('a field is cut short')
    return message[at : at + length], at + length


def fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """The fields in order, as number and value: an int where it was sent as a varint, its bytes otherwise."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire_type = tag & 7
        value: Value
        if wire_type == VARINT:
            value, at = _varint(message, at)
        elif wire_type == LENGTH_DELIMITED:
            length, at = _varint(message, at)
            value, at = _slice(message, at, length)
        elif wire_type == FIXED_32:
            value, at = _slice(message, at, 4)
        elif wire_type == FIXED_64:
            value, at = _slice(message, at, 8)
        else:
            raise MalformedMessage(f'there is no wire type {wire_type}')
        yield tag >> 3, value


def packed_ints(message: bytes) -> list[int]:
    values = []
    at = 0
    while at < len(message):
        value, at = _varint(message, at)
        values.append(value)
    return values


def packed_floats(message: bytes) -> list[float]:
    if len(message) % 4:
        raise MalformedMessage('a list of floats is cut short')
    return list(struct.unpack(f'<{len(message) // 4}f', message))
