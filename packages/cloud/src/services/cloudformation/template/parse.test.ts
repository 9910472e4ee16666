import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTemplateText } from './parse.ts'
import { readTemplate, structureTemplate } from './template.ts'

const resources = { A: { Type: 'T' } }

describe('reading a template', () => {
  it('reads every short tag as the function it stands for', () => {
    const yaml = `
AWSTemplateFormatVersion: 2010-09-09
A: !Ref X
B: !GetAtt X.Deep.Attr
C: !GetAtt [X, Attr]
D: !Sub '\${X}-y'
E: !Sub ['\${n}', { n: !Ref X }]
F: !Join ['', [a, !Ref X]]
G: !Select [0, !Split [',', 'a,b']]
H:
  Fn::Base64: !Sub x
I: !If [Maybe, a, !Ref AWS::NoValue]
J: !FindInMap [M, !Ref AWS::Region, k]
K: !And [!Condition Yes, !Not [!Equals [a, b]], !Or [!Condition Yes, !Condition No]]
L: !GetAZs
M: !ImportValue name
N: !Cidr [10.0.0.0/16, 2]
O: !ToJsonString { a: 1 }
P: !Length [a]
Q: 0123
R: yes
S: N
012: y
`
    expect(parseTemplateText(yaml.replace('!GetAZs\n', "!GetAZs ''\n"))).toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      A: { Ref: 'X' },
      B: { 'Fn::GetAtt': ['X', 'Deep.Attr'] },
      C: { 'Fn::GetAtt': ['X', 'Attr'] },
      D: { 'Fn::Sub': '${X}-y' },
      E: { 'Fn::Sub': ['${n}', { n: { Ref: 'X' } }] },
      F: { 'Fn::Join': ['', ['a', { Ref: 'X' }]] },
      G: { 'Fn::Select': [0, { 'Fn::Split': [',', 'a,b'] }] },
      H: { 'Fn::Base64': { 'Fn::Sub': 'x' } },
      I: { 'Fn::If': ['Maybe', 'a', { Ref: 'AWS::NoValue' }] },
      J: { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'k'] },
      K: {
        'Fn::And': [
          { Condition: 'Yes' },
          { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] },
          { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
        ],
      },
      L: { 'Fn::GetAZs': '' },
      M: { 'Fn::ImportValue': 'name' },
      N: { 'Fn::Cidr': ['10.0.0.0/16', 2] },
      O: { 'Fn::ToJsonString': { a: 1 } },
      P: { 'Fn::Length': ['a'] },
      // YAML 1.1, as AWS reads it.
      Q: 83,
      R: true,
      S: 'N',
      '012': 'y',
    })
  })

  it.each([
    ['{"Resources": {"A": }}', 'Template format error: JSON not well-formed. (line 1, column 21)'],
    ['{"Resources": {\n  "A": 1,\n}}', 'Template format error: JSON not well-formed. (line 3, column 1)'],
    ['{"Resources":', 'Template format error: JSON not well-formed. (line 1, column 14)'],
    ['Resources:\n  A: [1,\n', 'Template format error: YAML not well-formed. (line 3, column 1)'],
    ['A: 1\nA: 2\n', 'Template format error: YAML not well-formed. (line 2, column 1)'],
    ['A: !Nope x', 'Template format error: YAML not well-formed: unknown tag !Nope (line 1, column 10)'],
    ['a: &x 1\nb: *x', 'Template error: YAML aliases are not allowed in CloudFormation templates'],
    ['just text', 'Template format error: unsupported structure.'],
    ['[1]', 'Template format error: unsupported structure.'],
    ['', 'Template format error: unsupported structure.'],
    ['A:\n  B:\n', "Template format error: [/A/B] 'null' values are not allowed in templates"],
    [
      `{"A":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      'Template format error: Nesting is deeper than 100 levels.',
    ],
    [`A: ${'['.repeat(200)}${']'.repeat(200)}`, 'Template format error: Nesting is deeper than 100 levels.'],
    [`A: ${'['.repeat(40_000)}`, 'Template format error: YAML not well-formed.'],
  ])('refuses %.40j', (text, message) => {
    expect(() => parseTemplateText(text)).toThrow(message)
  })

  it.each<[object, string]>([
    [{}, 'Template format error: At least one Resources member must be defined.'],
    [{ Resources: {} }, 'Template format error: At least one Resources member must be defined.'],
    [{ Resources: resources, Foo: 1, Bar: 2 }, 'Invalid template property or properties [Foo, Bar]'],
    [
      { Resources: resources, AWSTemplateFormatVersion: '2011-01-01' },
      'Template format error: 2011-01-01 is not a supported value for AWSTemplateFormatVersion.',
    ],
    [
      { Resources: { A: {} } },
      'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
    ],
    [
      { Resources: { 'A-B': { Type: 'T' } } },
      'Template format error: Resource name A-B is non alphanumeric.',
    ],
    [{ Resources: { A: { Type: 'T', DependOn: 'B' } } }, "Invalid template resource property 'DependOn'"],
    [
      { Resources: { A: { Type: 'T', UpdatePolicy: {} } } },
      'Resource attribute UpdatePolicy of A is not supported by Sonde.',
    ],
    [
      { Resources: { A: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Snapshot' } } },
      'Template error: resource type AWS::S3::Bucket does not support deletion policy Snapshot',
    ],
    [
      { Resources: { A: { Type: 'T', DeletionPolicy: 'Keep' } } },
      'Template format error: Unrecognized DeletionPolicy Keep for resource A',
    ],
    [
      { Resources: resources, Outputs: { O: {} } },
      'Template format error: Every Outputs member must contain a Value object',
    ],
    [
      { Resources: resources, Mappings: { M: { a: { b: { c: 1 } } } } },
      'Template format error: Every Mappings attribute must be a String or a List.',
    ],
    [
      { Resources: resources, Transform: 'AWS::Serverless-2016-10-31' },
      'Transform AWS::Serverless-2016-10-31 is not supported by Sonde, which knows AWS::LanguageExtensions alone.',
    ],
    [
      { Resources: Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`R${i}`, { Type: 'T' }])) },
      'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
    ],
  ])('refuses %.60j', (template, message) => {
    expect(() => structureTemplate(readTemplate(JSON.stringify(template)))).toThrow(message)
  })

  it('refuses a member named __proto__ as any other unknown one', () => {
    expect(() => readTemplate('{"__proto__": {"Resources": {}}, "Resources": {}}')).toThrow(
      'Invalid template property or properties [__proto__]',
    )
  })

  it('answers any text with a template or with a validation error', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[A-Z]: [!&*{}[\]:, a-z0-9|>-]{0,30}$/))
    fc.assert(
      fc.property(text, input => {
        try {
          structureTemplate(readTemplate(input))
        } catch (error) {
          expect(error).toMatchObject({ code: 'ValidationError' })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('reads JSON and its equal in YAML alike', () => {
    const value = fc.letrec(tie => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.integer(),
        fc.boolean(),
        fc.stringMatching(/^[a-z ]*$/),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[A-Za-z]+$/), tie('any'), { maxKeys: 3 }),
      ),
    })).any
    fc.assert(
      fc.property(value, item => {
        const json = JSON.stringify({ Value: item })
        // JSON in flow style is YAML; a leading key keeps it from being read as JSON.
        expect(parseTemplateText(`Value: ${JSON.stringify(item)}`)).toEqual(parseTemplateText(json))
      }),
    )
  })
})
