/**
 * Writes a forest as an ONNX model: a TreeEnsembleRegressor of ai.onnx.ml and a Sigmoid. Field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */
import { type Field, floats, int, ints, message, string } from './protobuf.ts'
import type { Forest } from './tree.ts'

/** The names that a client of the model uses. */
export const INPUT_NAME = 'features'
export const OUTPUT_NAME = 'probability'

const IR_VERSION = 8
const OPSETS = [
  { domain: '', version: 17 },
  { domain: 'ai.onnx.ml', version: 3 },
]

// TensorProto.DataType and AttributeProto.AttributeType
const FLOAT = 1
const ATTRIBUTE = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 }

const attribute = (name: string, type: keyof typeof ATTRIBUTE, value: Field | readonly Field[]): Field =>
  message(5, [string(1, name), ...[value].flat(), int(20, ATTRIBUTE[type])])

const node = (
  operator: string,
  domain: string,
  input: string,
  output: string,
  attributes: readonly Field[],
): Field =>
  message(1, [string(1, input), string(2, output), string(4, operator), ...attributes, string(7, domain)])

/** A float tensor of any number of rows. */
const tensor = (field: number, name: string, columns: number): Field => {
  const shape = message(2, [message(1, [string(2, 'rows')]), message(1, [int(1, columns)])])
  return message(field, [string(1, name), message(2, [message(1, [int(1, FLOAT), shape])])])
}

const ensembleAttributes = (forest: Forest): Field[] => {
  const nodes = forest.trees.flatMap((tree, treeId) =>
    tree.feature.map((feature, nodeId) => ({
      treeId,
      nodeId,
      isLeaf: feature < 0,
      feature: Math.max(0, feature),
      threshold: tree.threshold[nodeId] ?? 0,
      left: tree.left[nodeId] ?? 0,
      right: tree.right[nodeId] ?? 0,
      value: tree.value[nodeId] ?? 0,
    })),
  )
  const leaves = nodes.filter(({ isLeaf }) => isLeaf)
  return [
    attribute('n_targets', 'int', int(3, 1)),
    attribute('aggregate_function', 'string', string(4, 'SUM')),
    attribute('post_transform', 'string', string(4, 'NONE')),
    attribute('base_values', 'floats', floats(7, [forest.base])),
    attribute(
      'nodes_treeids',
      'ints',
      ints(
        8,
        nodes.map(({ treeId }) => treeId),
      ),
    ),
    attribute(
      'nodes_nodeids',
      'ints',
      ints(
        8,
        nodes.map(({ nodeId }) => nodeId),
      ),
    ),
    attribute(
      'nodes_featureids',
      'ints',
      ints(
        8,
        nodes.map(({ feature }) => feature),
      ),
    ),
    attribute(
      'nodes_modes',
      'strings',
      nodes.map(({ isLeaf }) => string(9, isLeaf ? 'LEAF' : 'BRANCH_LEQ')),
    ),
    attribute(
      'nodes_values',
      'floats',
      floats(
        7,
        nodes.map(({ threshold }) => threshold),
      ),
    ),
    attribute(
      'nodes_truenodeids',
      'ints',
      ints(
        8,
        nodes.map(({ left }) => left),
      ),
    ),
    attribute(
      'nodes_falsenodeids',
      'ints',
      ints(
        8,
        nodes.map(({ right }) => right),
      ),
    ),
    attribute(
      'target_treeids',
      'ints',
      ints(
        8,
        leaves.map(({ treeId }) => treeId),
      ),
    ),
    attribute(
      'target_nodeids',
      'ints',
      ints(
        8,
        leaves.map(({ nodeId }) => nodeId),
      ),
    ),
    attribute(
      'target_ids',
      'ints',
      ints(
        8,
        leaves.map(() => 0),
      ),
    ),
    attribute(
      'target_weights',
      'floats',
      floats(
        7,
        leaves.map(({ value }) => value),
      ),
    ),
  ]
}

/**
 * @param width features a row
 * @param metadata becomes the model's `metadata_props`, which the model server reads
 */
export const writeOnnx = (
  forest: Forest,
  width: number,
  metadata: Readonly<Record<string, string>>,
): Uint8Array =>
  Buffer.concat([
    int(1, IR_VERSION),
    string(2, 'sonde-flight-delay'),
    message(7, [
      node('TreeEnsembleRegressor', 'ai.onnx.ml', INPUT_NAME, 'log_odds', ensembleAttributes(forest)),
      node('Sigmoid', '', 'log_odds', OUTPUT_NAME, []),
      string(2, 'flight_delay'),
      tensor(11, INPUT_NAME, width),
      tensor(12, OUTPUT_NAME, 1),
    ]),
    ...OPSETS.map(({ domain, version }) => message(8, [string(1, domain), int(2, version)])),
    ...Object.entries(metadata).map(([key, value]) => message(14, [string(1, key), string(2, value)])),
  ])
