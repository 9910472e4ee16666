"""Reads the rows of a request to `/invocations`: JSON `{"instances": [[…], …]}` or lines of CSV."""
from __future__ import annotations

import json
import math
import re
from array import array
from typing import Any, Callable, NoReturn, Sequence

#: Rows that one request may carry.
MAX_INSTANCES = 4096

#: What Python's `float()` also takes (`1_000`, `nan`, `infinity`) is no number of CSV.
NUMBER = re.compile(r'\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*', re.ASCII)

Rows = list  # of array('f'), float32 as the model's thresholds are


class InvalidInstances(Exception):
    """A request that the client must change; the message says how."""

    def __init__(self, message: str, status: int = 400):
        super().__init__(message)
        self.status = status


def _number(value: Any) -> float:
    """The value as a float; NaN where it is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _rows(instances: Sequence[Any], names: Sequence[str], where: Callable[[int], str]) -> Rows:
    if not instances:
        raise InvalidInstances('There are no instances.')
    if len(instances) > MAX_INSTANCES:
        raise InvalidInstances(f'There are {len(instances)} instances; {MAX_INSTANCES} are accepted.')
    rows = []
    for index, instance in enumerate(instances):
        if not isinstance(instance, list) or len(instance) != len(names):
            raise InvalidInstances(f'{where(index)} must have {len(names)} numbers: {", ".join(names)}.')
        # Rounding to float32 takes what is too large for it to infinity.
        row = array('f', [_number(value) for value in instance])
        for name, value in zip(names, row):
            if not math.isfinite(value):
                raise InvalidInstances(f'{where(index)}: {name} must be a finite number.')
        rows.append(row)
    return rows


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f'{name} is not JSON')


def _read_json(text: str, names: Sequence[str]) -> Rows:
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidInstances('The body is not JSON.') from None
    instances = document.get('instances') if isinstance(document, dict) else None
    if not isinstance(instances, list):
        raise InvalidInstances('The body must be {"instances": [[…], …]}.')
    return _rows(instances, names, lambda index: f'instances[{index}]')


def _read_csv(text: str, names: Sequence[str]) -> Rows:
    lines = [line for line in re.split(r'\r?\n', text) if line.strip()]
    cells = [
        [float(cell) if NUMBER.fullmatch(cell) else math.nan for cell in line.split(',')] for line in lines
    ]
    return _rows(cells, names, lambda index: f'Line {index + 1}')


READERS: dict[str, Callable[[str, Sequence[str]], Rows]] = {
    'application/json': _read_json,
    'text/csv': _read_csv,
}


def read_instances(body: bytes, content_type: str, names: Sequence[str]) -> Rows:
    """
    :param content_type: the request's header; JSON where empty
    :param names: the model's features, in order
    :raises InvalidInstances: naming what is wrong
    """
    kind = (content_type or 'application/json').split(';')[0].strip().lower()
    reader = READERS.get(kind)
    if reader is None:
        raise InvalidInstances(
            f'Content-Type {kind} is not accepted; send {" or ".join(READERS)}.', status=415
        )
    return reader(body.decode('utf-8', errors='replace'), names)
