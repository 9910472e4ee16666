import math
import struct
import unittest

from onnx_file import ModelFileError, parse_onnx


def varint(value):
    low = value & 127
    return bytes([low]) if value < 128 else bytes([low | 128]) + varint(value >> 7)


def sent(number, content):
    """A field: an int as varint, all else with its length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    content = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(content)) + content


def attribute(name, value):
    if isinstance(value, int):
        content = sent(3, value)
    elif isinstance(value, str):
        content = sent(4, value)
    elif isinstance(value[0], str):
        content = b''.join(sent(9, item) for item in value)
    elif isinstance(value[0], float):
        content = sent(7, struct.pack(f'<{len(value)}f', *value))
    else:
        # Not packed, as ONNX's own writers do it.
        content = b''.join(sent(8, item) for item in value)
    return sent(5, sent(1, name) + content)


ENSEMBLE = {
    'n_targets': 1,
    'aggregate_function': 'SUM',
    'post_transform': 'NONE',
    'base_values': [0.5],
    # Tree 0 splits on the second feature at 10; tree 1 is a leaf.
    'nodes_treeids': [0, 0, 0, 1],
    'nodes_nodeids': [0, 1, 2, 0],
    'nodes_featureids': [1, 0, 0, 0],
    'nodes_modes': ['BRANCH_LEQ', 'LEAF', 'LEAF', 'LEAF'],
    'nodes_values': [10.0, 0.0, 0.0, 0.0],
    'nodes_truenodeids': [1, 0, 0, 0],
    'nodes_falsenodeids': [2, 0, 0, 0],
    'target_treeids': [0, 0, 1],
    'target_nodeids': [1, 2, 0],
    'target_ids': [0, 0, 0],
    'target_weights': [-1.0, 2.0, 0.25],
}
PROPERTIES = {'model_version': 'v1', 'threshold': '0.4', 'feature_names': '["hour", "distance"]'}


def model(operators=('TreeEnsembleRegressor', 'Sigmoid'), properties=PROPERTIES, **changes):
    attributes = {name: value for name, value in {**ENSEMBLE, **changes}.items() if value is not None}
    ensemble = b''.join(attribute(name, value) for name, value in attributes.items())
    nodes = [sent(4, operator) + (ensemble if i == 0 else b'') for i, operator in enumerate(operators)]
    graph = b''.join(sent(1, node) for node in nodes)
    entries = b''.join(sent(14, sent(1, key) + sent(2, value)) for key, value in properties.items())
    return sent(7, graph) + entries


def odds(probability):
    return math.log(probability / (1 - probability))


class OnnxFile(unittest.TestCase):
    def test_is_read_with_what_the_server_must_know(self):
        forest = parse_onnx(model())
        self.assertEqual(
            (forest.model_version, forest.threshold, forest.feature_names), ('v1', 0.4, ('hour', 'distance'))
        )

    def test_sums_base_and_leaves_where_equal_goes_to_the_lower_side(self):
        forest = parse_onnx(model())
        for distance, expected in [(9, -0.25), (10, -0.25), (10.5, 2.75)]:
            with self.subTest(distance):
                self.assertAlmostEqual(odds(forest.probability([0, distance])), expected)

    def test_does_not_overflow_at_either_end(self):
        self.assertEqual(parse_onnx(model(base_values=[-3000.0])).probability([0, 0]), 0)
        self.assertEqual(parse_onnx(model(base_values=[3000.0])).probability([0, 0]), 1)

    def test_is_refused_by_the_name_of_what_is_not_computed(self):
        for content, message in [
            (model(operators=['TreeEnsembleRegressor']), 'it is TreeEnsembleRegressor'),
            (model(operators=['TreeEnsembleClassifier', 'Sigmoid']), 'TreeEnsembleClassifier → Sigmoid'),
            (model(aggregate_function='AVERAGE'), 'Only aggregate_function SUM'),
            (model(post_transform='LOGISTIC'), 'Only post_transform NONE'),
            (model(n_targets=2), 'Only n_targets 1'),
            (model(nodes_modes=['BRANCH_LT', 'LEAF', 'LEAF', 'LEAF']), 'mode BRANCH_LT'),
            (model(nodes_hitrates=[1.0]), 'attribute nodes_hitrates is not computed'),
            (model(nodes_values=None), 'attribute nodes_values is missing'),
            (model(nodes_modes=[0]), 'attribute nodes_modes is missing, or of another type'),
            (model(target_weights=[1.0]), 'target_weights, target_ids must have one length'),
            (model(nodes_featureids=[2, 0, 0, 0]), 'feature 2 of 2'),
            (model(nodes_truenodeids=[0, 0, 0, 0]), 'Node 0 of tree 0 has no children after it'),
            (model(nodes_falsenodeids=[7, 0, 0, 0]), 'Node 0 of tree 0 has no children after it'),
            (model(nodes_nodeids=[0, 1, 2, 3]), 'no node 0'),
            (model(properties={'threshold': '1', 'feature_names': '[]'}), 'property model_version'),
            (model(properties={**PROPERTIES, 'feature_names': 'hour'}), 'feature_names'),
            (model(properties={**PROPERTIES, 'threshold': 'high'}), 'threshold'),
            (model()[:-3], 'not an ONNX model: a field is cut short'),
            (b'no model at all', 'not an ONNX model'),
            (b'', 'property model_version'),
        ]:
            with self.subTest(message):
                with self.assertRaisesRegex(ModelFileError, message):
                    parse_onnx(content)

    def test_is_refused_or_read_whatever_its_bytes(self):
        content = model()
        for at in range(len(content)):
            for change in (1, 128):
                changed = content[:at] + bytes([content[at] ^ change]) + content[at + 1 :]
                try:
                    parse_onnx(changed)
                except ModelFileError:
                    continue
