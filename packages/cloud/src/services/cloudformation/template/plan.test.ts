import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dependencyOrder } from './dependencies.ts'
import { expandLoops } from './for-each.ts'
import { planStack } from './plan.ts'
import { readTemplate, structureTemplate } from './template.ts'

const identity = {
  scope: { account: '123456789012', region: 'eu-west-1' },
  stackName: 'demo',
  stackId: 'arn:demo',
}

const plan = (template: object) =>
  planStack(
    structureTemplate(readTemplate(JSON.stringify(template))),
    identity,
    [{ key: 'Version', value: '/version', resolved: '4', noEcho: false, ssm: true }],
    name => (name === 'known' ? 'imported' : undefined),
  )

const node = (link: unknown, rest: object = {}) => ({ Type: 'T', Properties: { Link: link }, ...rest })

describe('planning a stack', () => {
  it('finds the dependencies of every kind of reference', () => {
    const { resources } = plan({
      Resources: {
        Last: node([
          { Ref: 'A' },
          { 'Fn::GetAtt': ['B', 'X'] },
          { 'Fn::Sub': '${C.Y}' },
          { 'Fn::Join': ['', ['x', { 'Fn::Sub': ['${n}${AWS::Region}', { n: { Ref: 'D' } }] }]] },
        ]),
        Later: node('x', { DependsOn: ['E'], Metadata: { Of: { Ref: 'A' } } }),
        A: node('x'),
        B: node('x'),
        C: node('x'),
        D: node('x'),
        E: node('x'),
      },
    })
    expect(resources.get('Last')?.dependencies.toSorted()).toEqual(['A', 'B', 'C', 'D'])
    expect(resources.get('Later')?.dependencies).toEqual(['A', 'E'])
    expect([...resources.keys()]).toEqual(['A', 'B', 'C', 'D', 'E', 'Last', 'Later'])
  })

  it('evaluates all that does not wait for a resource', () => {
    const { resources, imports } = plan({
      Conditions: { Prod: { 'Fn::Equals': ['a', 'a'] } },
      Resources: {
        A: node({ 'Fn::If': ['Prod', { 'Fn::ImportValue': 'known' }, { Ref: 'Dev' }] }),
        B: node({ 'Fn::Sub': 'x-${A}-${AWS::Region}-y' }),
        Dev: node('x', { Condition: 'Prod' }),
      },
    })
    expect(resources.get('A')?.properties).toEqual({ Link: 'imported' })
    expect(resources.get('A')?.dependencies).toEqual([])
    expect(resources.get('B')?.properties).toEqual({
      Link: { 'Fn::Join': ['', ['x-', { Ref: 'A' }, '-eu-west-1-y']] },
    })
    expect(imports).toEqual(['known'])
  })

  it.each<[string, object, string]>([
    [
      'an unknown Ref',
      { Resources: { A: node([{ Ref: 'X' }, { 'Fn::Sub': '${Y}' }]) } },
      'Template format error: Unresolved resource dependencies [X, Y] in the Resources block of the template',
    ],
    [
      'an unknown DependsOn',
      { Resources: { A: node('x', { DependsOn: 'X' }) } },
      'Template format error: Unresolved resource dependencies [X] in the Resources block of the template',
    ],
    [
      'an unknown resource in GetAtt',
      { Resources: { A: node({ 'Fn::GetAtt': 'X.Arn' }) } },
      'Template error: instance of Fn::GetAtt references undefined resource X',
    ],
    [
      'an unknown Ref in an output',
      { Resources: { A: node('x') }, Outputs: { O: { Value: { Ref: 'X' } } } },
      'Unresolved resource dependencies [X] in the Outputs block of the template',
    ],
    [
      'a Ref to a resource whose condition does not hold',
      {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { A: node({ Ref: 'B' }), B: node('x', { Condition: 'No' }) },
      },
      'Template format error: Unresolved resource dependencies [B] in the Resources block of the template',
    ],
    [
      'an unknown condition in a branch that is not taken',
      {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { A: node({ 'Fn::If': ['No', { 'Fn::If': ['X', 'a', 'b'] }, 'c'] }) },
      },
      'Template error: unresolved condition dependency X in Fn::If',
    ],
    [
      'a cycle',
      {
        Resources: {
          A: node({ Ref: 'B' }),
          B: node({ 'Fn::GetAtt': ['C', 'X'] }),
          C: node('x', { DependsOn: 'A' }),
          Before: node('x'),
          After: node({ Ref: 'A' }),
        },
      },
      'Circular dependency between resources: [A, B, C]',
    ],
    [
      'a resource that needs itself',
      { Resources: { A: node({ Ref: 'A' }) } },
      'Circular dependency between resources: [A]',
    ],
    [
      'a secret',
      { Resources: { A: node('{{resolve:secretsmanager:db:SecretString:pw}}') } },
      'Dynamic reference {{resolve:secretsmanager:db:SecretString:pw}}: secretsmanager is not supported by Sonde.',
    ],
    [
      'a rule that does not hold',
      {
        Rules: {
          Check: {
            Assertions: [
              {
                Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '4'], { Ref: 'Version' }] }] },
                AssertDescription: 'version 6 required.',
              },
            ],
          },
        },
        Parameters: { Version: { Type: 'String' } },
        Resources: { A: node('x') },
      },
      'Template validation error: version 6 required.',
    ],
  ])('refuses %s', (_, template, message) => {
    expect(() => plan(template)).toThrow(message)
  })

  it('checks a rule only where its RuleCondition holds', () => {
    const rule = (version: string) => ({
      RuleCondition: { 'Fn::Equals': [{ Ref: 'Version' }, version] },
      Assertions: [{ Assert: { 'Fn::EachMemberIn': [['a', 'b'], ['a']] }, AssertDescription: 'no' }],
    })
    const template = (version: string) => ({
      Rules: { R: rule(version) },
      Parameters: { Version: { Type: 'String' } },
      Resources: { A: node('x') },
    })
    expect(() => plan(template('5'))).not.toThrow()
    expect(() => plan(template('4'))).toThrow('Template validation error: no')
  })
})

describe('dependency order', () => {
  it('puts what is needed first, for any graph without cycles', () => {
    const graph = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 5 }), { maxLength: 30 })
    fc.assert(
      fc.property(graph, edges => {
        // Edges to lower numbers alone cannot make a cycle.
        const dependencies = new Map(
          edges.map((needs, i) => [`${i}`, needs.filter(need => need < i).map(String)] as const),
        )
        const sorted = dependencyOrder(dependencies)
        expect(sorted).toHaveProperty('order')
        if (!('order' in sorted)) return
        const place = new Map(sorted.order.map((id, i) => [id, i]))
        expect(place.size).toBe(edges.length)
        for (const [id, needs] of dependencies) {
          for (const need of needs) expect(place.get(need)).toBeLessThan(place.get(id) ?? -1)
        }
      }),
    )
  })
})

describe('Fn::ForEach', () => {
  const expand = (template: object) =>
    expandLoops(readTemplate(JSON.stringify(template)), name => (name === 'Names' ? ['a.b', 'c'] : undefined))

  it('makes a member for each item, in keys, references and text, nested loops included', () => {
    const expanded = expand({
      Resources: {
        'Fn::ForEach::Outer': [
          'Name',
          { Ref: 'Names' },
          {
            'Thing&{Name}': {
              Type: 'T',
              Properties: { Name: { Ref: 'Name' }, Text: { 'Fn::Sub': '${Name}-${Other}' } },
            },
            'Fn::ForEach::Inner': [
              'Size',
              ['1', 2],
              { 'Thing&{Name}${Size}': { Type: 'T', Properties: { Size: '${Size}' } } },
            ],
          },
        ],
      },
    })
    expect(expanded).toEqual({
      Resources: {
        Thingab: { Type: 'T', Properties: { Name: 'a.b', Text: { 'Fn::Sub': 'a.b-${Other}' } } },
        Thingab1: { Type: 'T', Properties: { Size: '1' } },
        Thingab2: { Type: 'T', Properties: { Size: '2' } },
        Thingc: { Type: 'T', Properties: { Name: 'c', Text: { 'Fn::Sub': 'c-${Other}' } } },
        Thingc1: { Type: 'T', Properties: { Size: '1' } },
        Thingc2: { Type: 'T', Properties: { Size: '2' } },
      },
    })
  })

  it.each<[object, string]>([
    [{ 'Fn::ForEach::L': ['x', ['a', 'b'], { Same: 1 }] }, 'Fn::ForEach makes the key Same more than once'],
    [{ 'Fn::ForEach::L': ['x', { Ref: 'Unknown' }, {}] }, 'the collection must be a list of strings'],
    [{ 'Fn::ForEach::L': ['x'] }, 'requires a list of three elements'],
  ])('refuses %j', (loop, message) => {
    expect(() => expand({ Outputs: loop })).toThrow(message)
  })

  it('does not let nested loops grow without bound', () => {
    const many = Array.from({ length: 100 }, (_, i) => `${i}`)
    const loop = ['i', many, { 'Fn::ForEach::M': ['j', many, { 'R${i}x${j}': 1 }] }]
    expect(() => expand({ Outputs: { 'Fn::ForEach::L': loop } })).toThrow('More than 5000 loop iterations.')
  })
})
