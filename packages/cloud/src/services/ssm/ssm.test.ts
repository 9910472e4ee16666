import type * as Sdk from '@aws-sdk/client-ssm'
import type { InputOf } from '@sonde/wire'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { ResourceRequest, ResourceState } from '../../kernel/resource-type.ts'
import { createStore, type Store } from '../../kernel/store.ts'
import { createSsm } from './index.ts'
import { ssmOperations } from './operations.ts'
import { type ParameterRecord, Parameters, type PutInput } from './parameters.ts'

const context: RequestContext = {
  scope: { account: '123456789012', region: 'eu-west-1' },
  identity: { account: '123456789012', arn: 'arn:aws:iam::123456789012:root', userId: '123456789012' },
  requestId: 'id',
  endpoint: 'http://127.0.0.1:4566',
}

let store: Store
let ssm: ReturnType<typeof ssmOperations>
beforeEach(() => {
  store = createStore(undefined)
  const records = store.collection<ParameterRecord>('ssm.parameters')
  ssm = ssmOperations(new Parameters({ records, clock: createClock() }))
})

const put = (Name: string, Value = 'v', more: Partial<PutInput> = {}) =>
  ssm.PutParameter({ Name, Value, Type: 'String', ...more } as InputOf<typeof Sdk, 'PutParameter'>, context)
const value = (Name: string) => ssm.GetParameter({ Name }, context).Parameter.Value

describe('a parameter', () => {
  it('is read by name, by ARN and by version', () => {
    put('/app/threshold', '0.5')
    expect(put('/app/threshold', '0.7', { Overwrite: true })).toEqual({ Version: 2, Tier: 'Standard' })
    expect(ssm.GetParameter({ Name: '/app/threshold' }, context).Parameter).toEqual({
      Name: '/app/threshold',
      Type: 'String',
      Value: '0.7',
      Version: 2,
      LastModifiedDate: expect.any(Date),
      ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/app/threshold',
      DataType: 'text',
    })
    expect(value('/app/threshold:1')).toBe('0.5')
    expect(value('arn:aws:ssm:eu-west-1:123456789012:parameter/app/threshold')).toBe('0.7')
    expect(value('arn:aws:ssm:eu-west-1:123456789012:parameter/app/threshold:1')).toBe('0.5')
    put('plain', 'p')
    expect(value('arn:aws:ssm:eu-west-1:123456789012:parameter/plain')).toBe('p')
  })

  it.each<[string, string, Partial<PutInput>, string, string]>([
    ['twice', 'v', {}, 'ParameterAlreadyExists', 'set the overwrite option'],
    ['aws/x', 'v', {}, 'ValidationException', `can't be prefixed with "aws" or "ssm"`],
    ['a b', 'v', {}, 'ValidationException', 'Parameter name'],
    ['a/b', 'v', {}, 'ValidationException', 'fully qualified name'],
    ['/a//b', 'v', {}, 'ValidationException', 'Parameter name'],
    [`/${'a/'.repeat(15)}b`, 'v', {}, 'ValidationException', 'deeper than 15'],
    ['new', 'v', { Type: undefined }, 'ValidationException', 'A parameter type is required'],
    ['new', '', {}, 'ValidationException', "can't be empty"],
    ['new', 'x'.repeat(4097), {}, 'ValidationException', 'maximum parameter value of 4096'],
    ['new', 'x'.repeat(8193), { Tier: 'Advanced' }, 'ValidationException', 'maximum parameter value of 8192'],
    ['new', 'abc', { AllowedPattern: '^\\d+$' }, 'ParameterPatternMismatchException', '^\\d+$'],
    ['new', 'v', { Type: 'SecureString' }, 'NotImplemented', 'SecureString'],
    ['new', 'v', { DataType: 'aws:ec2:image' }, 'NotImplemented', 'aws:ec2:image'],
    [
      'new',
      'v',
      { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
      "can't be used together",
    ],
  ])('%s = %s with %j is refused', (name, text, more, code, message) => {
    put('twice')
    expect(() => put(name, text, more)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })

  it('that is not there is named', () => {
    expect(() => value('none')).toThrow(expect.objectContaining({ code: 'ParameterNotFound' }))
    put('one')
    expect(() => value('one:9')).toThrow(expect.objectContaining({ code: 'ParameterVersionNotFound' }))
    expect(ssm.GetParameters({ Names: ['one', 'none'] }, context)).toMatchObject({
      Parameters: [{ Name: 'one' }],
      InvalidParameters: ['none'],
    })
    expect(ssm.DeleteParameters({ Names: ['one', 'none'] }, context)).toEqual({
      DeletedParameters: ['one'],
      InvalidParameters: ['none'],
    })
  })

  it('keeps its latest hundred versions', () => {
    put('many', '1')
    for (let n = 2; n <= 105; n++) put('many', String(n), { Overwrite: true })
    const versions = ssm
      .GetParameterHistory({ Name: 'many' }, context)
      .Parameters.map(({ Version }) => Version)
    expect([versions.length, versions[0], versions.at(-1)]).toEqual([100, 6, 105])
  })

  it('of the CDK bootstrap is there in every scope, and can be put', () => {
    const Name = '/cdk-bootstrap/hnb659fds/version'
    expect(value(Name)).toBe('30')
    const other = { ...context, scope: { account: '000000000000', region: 'us-east-1' } }
    expect(ssm.GetParameter({ Name, WithDecryption: true }, other).Parameter.Value).toBe('30')
    put(Name, '31')
    expect(value(Name)).toBe('31')
    expect(ssm.DescribeParameters({}, other).Parameters).toEqual([])
  })
})

describe('parameters by path', () => {
  it('are those below it, directly or at any depth, page by page', () => {
    for (const name of ['/a/1', '/a/2', '/a/b/3', '/ab/4', '/a']) put(name)
    const names = (Path: string, Recursive: boolean) =>
      ssm.GetParametersByPath({ Path, Recursive }, context).Parameters.map(({ Name }) => Name)
    expect(names('/a', false)).toEqual(['/a/1', '/a/2'])
    expect(names('/a/', true)).toEqual(['/a/1', '/a/2', '/a/b/3'])
    expect(names('/', true)).toHaveLength(5)
    expect(() => names('a', true)).toThrow('must begin with a forward slash')
  })

  it('are each on one page', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[b-r]{1,3}$/), { maxLength: 30 }),
        fc.integer({ min: 1, max: 10 }),
        (leaves, MaxResults) => {
          store.reset()
          for (const leaf of leaves) put(`/p/${leaf}`)
          const seen: string[] = []
          let NextToken: string | undefined
          do {
            const page = ssm.GetParametersByPath({ Path: '/p', MaxResults, NextToken }, context)
            seen.push(...page.Parameters.map(({ Name = '' }) => Name))
            NextToken = page.NextToken
          } while (NextToken)
          expect(seen).toEqual(leaves.map(leaf => `/p/${leaf}`).toSorted())
        },
      ),
      { numRuns: 50 },
    )
  })

  it.each([
    [{ Key: 'Name', Option: 'BeginsWith', Values: ['a'] }, ['/a/1', '/a/b']],
    [{ Key: 'Name', Values: ['/c', '/a/1'] }, ['/a/1', '/c']],
    [{ Key: 'Name', Option: 'Contains', Values: ['b'] }, ['/a/b']],
    [{ Key: 'Path', Option: 'Recursive', Values: ['/a'] }, ['/a/1', '/a/b']],
    [{ Key: 'Type', Values: ['StringList'] }, ['/c']],
    [{ Key: 'tag:team', Values: ['x'] }, ['/a/b']],
  ])('described with %j are %j', (filter, names) => {
    put('/a/1')
    put('/a/b', 'v', { Tags: [{ Key: 'team', Value: 'x' }] })
    put('/c', 'a,b', { Type: 'StringList' })
    const found = ssm.DescribeParameters({ ParameterFilters: [filter] }, context).Parameters ?? []
    expect(found.map(({ Name }) => Name)).toEqual(names)
  })

  it('described with a filter that we do not know are refused by its name', () => {
    const ParameterFilters = [{ Key: 'Label', Values: ['x'] }]
    expect(() => ssm.DescribeParameters({ ParameterFilters }, context)).toThrow(
      'Label Equals is not implemented',
    )
  })
})

describe('AWS::SSM::Parameter', () => {
  it('is made, changed in place, replaced for another name and deleted', async () => {
    const service = createSsm({ store: createStore(undefined), clock: createClock() })
    const type = service.resources?.['AWS::SSM::Parameter']
    const request = (properties: Record<string, unknown>): ResourceRequest => ({
      scope: context.scope,
      stackName: 's',
      stackId: 's',
      logicalId: 'P',
      properties,
      metadata: {},
      generateName: () => 's-P-1',
      progress: () => {},
    })
    const properties = { Type: 'String', Value: '1', Tags: { team: 'x' } }
    const state = (await type?.create(request(properties))) as ResourceState
    expect(state).toEqual({ physicalId: 's-P-1', attributes: { Type: 'String', Value: '1' } })
    const changed = await type?.update?.(request({ ...properties, Value: '2' }), { ...state, properties })
    expect(changed).toEqual({ physicalId: 's-P-1', attributes: { Type: 'String', Value: '2' } })
    expect(service.getParameter(context.scope, 's-P-1')).toBe('2')
    expect(await type?.update?.(request({ ...properties, Name: 'n' }), { ...state, properties })).toBe(
      'replace',
    )
    await type?.delete(context.scope, state, properties)
    expect(service.getParameter(context.scope, 's-P-1')).toBeUndefined()
  })
})
