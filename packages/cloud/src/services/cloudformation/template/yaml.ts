import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type ScalarTag,
  type Tags,
} from 'yaml'
import { formatError, templateError } from '../errors.ts'
import type { Value } from './value.ts'

/** Tag to function. `!Ref` and `!Condition` have no prefix in their long form. */
const SHORT_TAGS: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...[
    'And',
    'Base64',
    'Cidr',
    'Contains',
    'EachMemberEquals',
    'EachMemberIn',
    'Equals',
    'FindInMap',
    'GetAZs',
    'GetAtt',
    'If',
    'ImportValue',
    'Join',
    'Length',
    'Not',
    'Or',
    'RefAll',
    'Select',
    'Split',
    'Sub',
    'ToJsonString',
    'Transform',
    'ValueOf',
    'ValueOfAll',
  ].map(name => [`!${name}`, `Fn::${name}`] as const),
])

const CORE_TAG = 'tag:yaml.org,2002:'

/** What CloudFormation leaves out of YAML 1.1; without timestamps `2010-09-09` is a string. */
const LEFT_OUT = new Set(
  ['timestamp', 'binary', 'omap', 'pairs', 'set', 'merge', 'bool'].map(name => CORE_TAG + name),
)

/** Without YAML 1.1's single letters, which its common readers never took: DynamoDB's `AttributeType: N` is a string. */
const BOOLEAN: ScalarTag = {
  tag: `${CORE_TAG}bool`,
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: text => /^(?:yes|true|on)$/i.test(text),
}

const cloudFormationTypes = (tags: Tags): Tags => [
  BOOLEAN,
  ...tags.filter(tag => typeof tag !== 'string' && !LEFT_OUT.has(tag.tag)),
]

const notWellFormed = (where: { line: number; col: number } | undefined): Error =>
  formatError(`YAML not well-formed.${where ? ` (line ${where.line}, column ${where.col})` : ''}`)

const load = (text: string, lines: LineCounter): Document => {
  try {
    return parseDocument(text, {
      version: '1.1',
      merge: false,
      customTags: cloudFormationTypes,
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
      logLevel: 'silent',
    })
  } catch (error) {
    // The composer recurses: hostile nesting ends in a RangeError.
    if (error instanceof RangeError) throw notWellFormed(undefined)
    throw error
  }
}

/**
 * Reads YAML 1.1 as CloudFormation does: short tags become the functions they stand for; aliases are refused, as are
 * tags that it does not know.
 *
 * @throws ServiceError `ValidationError`: `Template format error: YAML not well-formed. (line 3, column 7)`
 */
export const readYaml = (text: string, maxDepth: number): Value => {
  const lines = new LineCounter()
  const document = load(text, lines)
  const [error] = document.errors
  if (error) throw notWellFormed(lines.linePos(error.pos[0]))

  const at = (node: Node): string => {
    const where = node.range ? lines.linePos(node.range[0]) : undefined
    return where ? ` (line ${where.line}, column ${where.col})` : ''
  }

  const untagged = (node: Node, depth: number): Value => {
    if (isScalar(node)) {
      const value = node.value
      return typeof value === 'bigint' ? String(value) : (value as Value)
    }
    if (isSeq(node)) return node.items.map(item => read(item as Node | null, depth + 1))
    if (!isMap(node)) throw notWellFormed(undefined)
    return Object.fromEntries(
      node.items.filter(isPair).map(pair => {
        const key = pair.key as Node
        if (!isScalar(key)) throw notWellFormed(key?.range ? lines.linePos(key.range[0]) : undefined)
        // As it is written: `on` and `012` are names here.
        return [key.source ?? String(key.value), read(pair.value as Node | null, depth + 1)]
      }),
    )
  }

  const read = (node: Node | null, depth: number): Value => {
    if (node === null) return null
    if (depth > maxDepth) throw formatError(`Nesting is deeper than ${maxDepth} levels.`)
    if (isAlias(node)) throw templateError('YAML aliases are not allowed in CloudFormation templates')
    const tag = (node as { tag?: string }).tag
    const value = untagged(node, depth)
    if (!tag || tag === '!' || tag.startsWith(CORE_TAG)) return value
    const name = SHORT_TAGS.get(tag)
    if (!name) throw formatError(`YAML not well-formed: unknown tag ${tag}${at(node)}`)
    if (name === 'Fn::GetAtt' && typeof value === 'string') {
      const dot = value.indexOf('.')
      return { [name]: dot < 0 ? value : [value.slice(0, dot), value.slice(dot + 1)] }
    }
    return { [name]: value }
  }

  return read(document.contents, 0)
}
