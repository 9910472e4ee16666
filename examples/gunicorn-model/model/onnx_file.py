"""
Reads a forest from an ONNX file: one TreeEnsembleRegressor of ai.onnx.ml and a Sigmoid, as flight-delay's training
writes it. Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. What a model could ask for
and this does not compute is refused by name.
"""
from __future__ import annotations

import json
import math
from typing import Any, Sequence

from forest import Forest, Tree
from protobuf import MalformedMessage, fields, packed_floats, packed_ints

OPERATORS = ['TreeEnsembleRegressor', 'Sigmoid']

EXPECTED = {
    'n_targets': 1,
    'aggregate_function': 'SUM',
    'post_transform': 'NONE',
}

#: Lists of one length: an entry for each node, or for each leaf.
NODES = (
    'nodes_treeids',
    'nodes_nodeids',
    'nodes_modes',
    'nodes_featureids',
    'nodes_values',
    'nodes_truenodeids',
    'nodes_falsenodeids',
)
LEAVES = ('target_treeids', 'target_nodeids', 'target_weights', 'target_ids')
#: Of the items; whole numbers in the lists that are not named.
TYPES = {'base_values': float, 'nodes_modes': str, 'nodes_values': float, 'target_weights': float}


class ModelFileError(Exception):
    """A file that is no model, or one that this server cannot compute."""


def _text(value: Any) -> str:
    if not isinstance(value, bytes):
        raise ModelFileError('The file is not an ONNX model.')
    return value.decode('utf-8', errors='replace')


def _submessages(message: bytes, number: int) -> list[bytes]:
    return [value for field, value in fields(message) if field == number and isinstance(value, bytes)]


def _attribute(message: bytes) -> tuple[str, Any]:
    """Name and value of an AttributeProto."""
    name = ''
    value: Any = None
    items: list[Any] = []
    for number, content in fields(message):
        if number == 1:
            name = _text(content)
        elif number == 3:
            value = content
        elif number == 4:
            value = _text(content)
        elif number == 7 and isinstance(content, bytes):
            items.extend(packed_floats(content))
        elif number == 8:
            # ONNX's own writers send each number as a field, others pack them.
            items.extend(packed_ints(content) if isinstance(content, bytes) else [content])
        elif number == 9:
            items.append(_text(content))
    return name, items if value is None else value


def _ensemble(graph: bytes) -> dict[str, Any]:
    """The attributes of the TreeEnsembleRegressor."""
    nodes = _submessages(graph, 1)
    operators = [_text(value) for node in nodes for number, value in fields(node) if number == 4]
    if operators != OPERATORS:
        raise ModelFileError(f'The graph must be {" → ".join(OPERATORS)}; it is {" → ".join(operators)}.')
    attributes = dict(_attribute(attribute) for attribute in _submessages(nodes[0], 5))
    for name, expected in EXPECTED.items():
        if attributes.pop(name, expected) != expected:
            raise ModelFileError(f'Only {name} {expected} is computed.')
    names = {'base_values', *NODES, *LEAVES}
    unknown = attributes.keys() - names
    if unknown:
        raise ModelFileError(f'The attribute {min(unknown)} is not computed.')
    for name in sorted(names):
        values, kind = attributes.get(name), TYPES.get(name, int)
        if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
            raise ModelFileError(f'The attribute {name} is missing, or of another type.')
    return attributes


def _rows(ensemble: dict[str, Any], names: Sequence[str]) -> list[tuple]:
    columns = [ensemble[name] for name in names]
    if len({len(column) for column in columns}) > 1:
        raise ModelFileError(f'{", ".join(names)} must have one length.')
    return list(zip(*columns))


def _trees(ensemble: dict[str, Any], width: int) -> list[Tree]:
    weights: dict[tuple[int, int], float] = {}
    for tree, number, weight, _target in _rows(ensemble, LEAVES):
        weights[tree, number] = weights.get((tree, number), 0.0) + weight

    built: dict[tuple[int, int], Tree] = {}
    # Children have higher numbers than their parent, so they are there when it is built; cycles are impossible.
    for tree, number, mode, feature, threshold, low, high in sorted(_rows(ensemble, NODES), reverse=True):
        if mode == 'LEAF':
            built[tree, number] = weights.get((tree, number), 0.0)
            continue
        if mode != 'BRANCH_LEQ':
            raise ModelFileError(f'Nodes of the mode {mode} are not computed.')
        if feature >= width:
            raise ModelFileError(f'Node {number} of tree {tree} looks at feature {feature} of {width}.')
        try:
            built[tree, number] = (feature, threshold, built[tree, low], built[tree, high])
        except KeyError:
            raise ModelFileError(f'Node {number} of tree {tree} has no children after it.') from None
    try:
        return [built[tree, 0] for tree in sorted({tree for tree, _ in built})]
    except KeyError:
        raise ModelFileError('A tree has no node 0.') from None


def _properties(model: bytes) -> dict[str, str]:
    properties = {}
    for entry in _submessages(model, 14):
        parts = {number: _text(value) for number, value in fields(entry)}
        properties[parts.get(1, '')] = parts.get(2, '')
    return properties


def _metadata(properties: dict[str, str]) -> tuple[str, float, tuple[str, ...]]:
    """Version, threshold and names of the features."""
    for name in ('model_version', 'threshold', 'feature_names'):
        if name not in properties:
            raise ModelFileError(f'The model has no metadata property {name}.')
    try:
        threshold = float(properties['threshold'])
    except ValueError:
        threshold = math.nan
    if not 0 < threshold < 1:
        raise ModelFileError('The model has no usable threshold.')
    try:
        names = json.loads(properties['feature_names'])
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ModelFileError('The model has no list of feature names in feature_names.')
    return properties['model_version'], threshold, tuple(names)


def parse_onnx(model: bytes) -> Forest:
    """:raises ModelFileError: naming what is wrong"""
    try:
        version, threshold, names = _metadata(_properties(model))
        graphs = _submessages(model, 7)
        if len(graphs) != 1:
            raise ModelFileError('The file is not an ONNX model.')
        ensemble = _ensemble(graphs[0])
        return Forest(version, threshold, names, sum(ensemble['base_values']), _trees(ensemble, len(names)))
    except MalformedMessage as problem:
        raise ModelFileError(f'The file is not an ONNX model: {problem}.') from None


def read_onnx(path: str) -> Forest:
    """:raises ModelFileError, OSError:"""
    with open(path, 'rb') as file:
        return parse_onnx(file.read())
