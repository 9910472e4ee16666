import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEnvironment, NO_RESOURCES, type Resources } from './environment.ts'
import { evaluate, type Place } from './evaluate.ts'
import { structureTemplate } from './template.ts'
import type { Value } from './value.ts'

const identity = {
  scope: { account: '123456789012', region: 'eu-west-1' },
  stackName: 'demo',
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/demo/1',
}

const parameters = [
  { key: 'Text', value: 'text', resolved: 'text', noEcho: false, ssm: false },
  { key: 'List', value: 'a,b,c', resolved: ['a', 'b', 'c'], noEcho: false, ssm: false },
]

const made: Resources = {
  physicalId: id => `${id}-id`,
  attribute: (id, name) => `${id}.${name}!`,
}

const run = (
  value: Value,
  { resources = made, place = 'Resources' as Place, transform = true } = {},
): Value => {
  const template = structureTemplate({
    ...(transform ? { Transform: 'AWS::LanguageExtensions' } : {}),
    Parameters: { Text: { Type: 'String' }, List: { Type: 'CommaDelimitedList' } },
    Mappings: { Regions: { 'eu-west-1': { Bucket: 'ours', Zones: ['x', 'y'] } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'Text' }, 'text'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Loop: { 'Fn::Not': [{ Condition: 'Pool' }] },
      Pool: { 'Fn::Not': [{ Condition: 'Loop' }] },
    },
    Resources: { A: { Type: 'T' }, B: { Type: 'T' } },
  })
  const exports = (name: string): string => `import-${name}`
  return evaluate(value, createEnvironment(template, identity, parameters, exports, resources).in(place))
}

describe('intrinsic functions', () => {
  it.each<[string, Value, Value]>([
    ['Ref of a parameter', { Ref: 'Text' }, 'text'],
    ['Ref of a list', { Ref: 'List' }, ['a', 'b', 'c']],
    ['Ref of a resource', { Ref: 'A' }, 'A-id'],
    ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['AWS::Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, 'demo'],
    ['AWS::StackId', { Ref: 'AWS::StackId' }, identity.stackId],
    ['AWS::NotificationARNs', { Ref: 'AWS::NotificationARNs' }, []],
    ['AWS::NoValue in a map', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['AWS::NoValue in a list', [1, { Ref: 'AWS::NoValue' }, 2], [1, 2]],
    ['GetAtt of a list', { 'Fn::GetAtt': ['A', 'Arn'] }, 'A.Arn!'],
    ['GetAtt of a string', { 'Fn::GetAtt': 'A.Nested.Arn' }, 'A.Nested.Arn!'],
    ['GetAtt of a nested attribute', { 'Fn::GetAtt': ['A', 'Nested', 'Arn'] }, 'A.Nested.Arn!'],
    ['GetAtt of a computed attribute', { 'Fn::GetAtt': ['A', { Ref: 'Text' }] }, 'A.text!'],
    ['Sub', { 'Fn::Sub': '${Text}-${A}-${A.Arn}-${AWS::Region}' }, 'text-A-id-A.Arn!-eu-west-1'],
    ['Sub with a literal', { 'Fn::Sub': '${!Text} $ {Text} ${' }, '${Text} $ {Text} ${'],
    ['Sub with its own names', { 'Fn::Sub': ['${A}/${n}', { A: 'own', n: { Ref: 'Text' } }] }, 'own/text'],
    ['Join', { 'Fn::Join': ['-', ['a', 1, true, { Ref: 'Text' }]] }, 'a-1-true-text'],
    ['Join of a list parameter', { 'Fn::Join': ['+', { Ref: 'List' }] }, 'a+b+c'],
    ['Join that drops NoValue', { 'Fn::Join': [',', ['a', { Ref: 'AWS::NoValue' }]] }, 'a'],
    ['Select', { 'Fn::Select': ['1', { Ref: 'List' }] }, 'b'],
    ['Select of a split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Split', { 'Fn::Split': ['|', 'a||b'] }, ['a', '', 'b']],
    ['Base64', { 'Fn::Base64': { 'Fn::Sub': '${Text}!' } }, 'dGV4dCE='],
    ['FindInMap', { 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'Bucket'] }, 'ours'],
    ['FindInMap of a list', { 'Fn::FindInMap': ['Regions', 'eu-west-1', 'Zones'] }, ['x', 'y']],
    [
      'FindInMap with a default',
      { 'Fn::FindInMap': ['Regions', 'nowhere', 'Bucket', { DefaultValue: { Ref: 'Text' } }] },
      'text',
    ],
    ['GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${Text}-x' } }, 'import-text-x'],
    ['If true', { 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
    ['If false', { 'Fn::If': ['Both', 'a', { Ref: 'Text' }] }, 'text'],
    ['If with Or', { 'Fn::If': ['Either', 'a', 'b'] }, 'a'],
    ['If without value', { keep: 1, drop: { 'Fn::If': ['No', 'a', { Ref: 'AWS::NoValue' }] } }, { keep: 1 }],
    ['ToJsonString', { 'Fn::ToJsonString': { a: [{ Ref: 'Text' }] } }, '{"a":["text"]}'],
    ['Length', { 'Fn::Length': { Ref: 'List' } }, 3],
    [
      'a policy statement with Condition',
      { Condition: { Bool: { x: 'y' } } },
      { Condition: { Bool: { x: 'y' } } },
    ],
    ['a plain map with a condition-like name', { Condition: 'Yes' }, { Condition: 'Yes' }],
  ])('%s', (_, value, expected) => {
    expect(run(value)).toEqual(expected)
  })

  it.each<[Value, string]>([
    [{ Ref: ['A'] }, 'Template error: every Ref object must have a single String value.'],
    [
      { 'Fn::GetAtt': ['A'] },
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
    ],
    [
      { 'Fn::Select': ['x', ['a']] },
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    ],
    [{ 'Fn::Select': [1, ['a']] }, 'Template error: Fn::Select cannot select nonexistent value at index 1'],
    [
      { 'Fn::FindInMap': ['M', 'a', 'b'] },
      "Template error: Mapping named 'M' is not present in the 'Mappings' section of template.",
    ],
    [{ 'Fn::FindInMap': ['Regions', 'a', 'b'] }, 'Template error: Unable to get mapping for Regions::a::b'],
    [{ 'Fn::If': ['Nope', 'a', 'b'] }, 'Template error: unresolved condition dependency Nope in Fn::If'],
    [
      { 'Fn::If': ['Loop', 'a', 'b'] },
      'Template format error: Circular dependency between conditions: [Loop, Pool]',
    ],
    [
      { 'Fn::Equals': ['a', 'b'] },
      'Template error: Fn::Equals cannot be used in the Resources block of the template',
    ],
    [{ 'Fn::Transform': { Name: 'X' } }, 'Template format error: Fn::Transform is not supported by Sonde.'],
    [{ 'Fn::Nothing': 'x' }, 'Template error: unsupported intrinsic function Fn::Nothing'],
    [
      { 'Fn::Sub': 'x', other: 1 },
      'Template error: Fn::Sub must be the only key of the object that holds it',
    ],
    [
      { 'Fn::Sub': '${a b}' },
      'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
    ],
    [{ 'Fn::Sub': '${List}' }, 'Template error: Fn::Sub variable List must resolve to a string'],
  ])('%j is refused', (value, message) => {
    expect(() => run(value)).toThrow(message)
  })

  it.each(['Fn::Length', 'Fn::ToJsonString'])('%s needs the LanguageExtensions transform', name => {
    expect(() => run({ [name]: ['a'] }, { transform: false })).toThrow(
      `${name} is not supported without the AWS::LanguageExtensions transform`,
    )
  })

  it('compares in conditions as strings do, and refuses lists', () => {
    const inConditions = { place: 'Conditions' as Place }
    expect(run({ 'Fn::Equals': [true, 'true'] }, inConditions)).toBe(true)
    expect(run({ 'Fn::Equals': ['1', 1] }, inConditions)).toBe(true)
    expect(() => run({ 'Fn::Equals': [['a'], 'a'] }, inConditions)).toThrow(
      'Template error: every Fn::Equals object requires a list of 2 string parameters.',
    )
    expect(() => run({ 'Fn::Equals': [{ Ref: 'A' }, 'a'] }, inConditions)).toThrow(
      'Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template',
    )
  })
})

const leaf = fc.oneof(
  fc.constantFrom('x', 'y z', '', '${', 'a/b'),
  fc.constantFrom<Value>(
    { Ref: 'A' },
    { Ref: 'Text' },
    { 'Fn::GetAtt': ['B', 'Arn'] },
    { Ref: 'AWS::Region' },
  ),
)

/** Expressions that give a string. */
const { text: expression } = fc.letrec<{ text: Value; list: Value }>(tie => ({
  text: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc
      .tuple(fc.constantFrom('', '-', '/'), fc.array(tie('text'), { maxLength: 3 }))
      .map(join => ({ 'Fn::Join': join })),
    fc.record({ a: tie('text') }).map(map => ({ 'Fn::Sub': ['<${a}|${A}|${Text}|${!no}>', map] })),
    tie('list').map(list => ({ 'Fn::Select': ['0', list] })),
    tie('text').map(text => ({ 'Fn::Base64': text })),
    fc.tuple(fc.constantFrom('Yes', 'No'), tie('text'), tie('text')).map(branch => ({ 'Fn::If': branch })),
    tie('list').map(list => ({ 'Fn::ToJsonString': { list } })),
  ),
  list: fc.oneof(
    { depthSize: 'small' },
    fc.array(tie('text'), { minLength: 1, maxLength: 3 }),
    tie('text').map(text => ({ 'Fn::Split': ['/', text] })),
  ),
}))

describe('evaluating in two steps', () => {
  it('gives what evaluating in one step gives, whatever waits for a resource', () => {
    fc.assert(
      fc.property(expression, value => {
        expect(run(run(value, { resources: NO_RESOURCES }))).toEqual(run(value))
      }),
    )
  })

  it('changes nothing when there is nothing new to know', () => {
    fc.assert(
      fc.property(expression, value => {
        const once = run(value, { resources: NO_RESOURCES })
        expect(run(once, { resources: NO_RESOURCES })).toEqual(once)
      }),
    )
  })
})
