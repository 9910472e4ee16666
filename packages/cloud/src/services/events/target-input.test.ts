import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { envelopeOf } from './event.ts'
import { followJsonPath, parseJsonPath } from './json-path.ts'
import { targetInput, unknownPlaceholder } from './target-input.ts'

const event = envelopeOf(
  { account: '123456789012', region: 'eu-west-1' },
  {
    id: 'i',
    detailType: 'Order',
    source: 'shop',
    time: '2026-01-01T00:00:00Z',
    resources: ['r1', 'r2'],
    detail: {
      method: 'PUT',
      user: { id: 'u-1', name: 'a "b"' },
      single: ['HIGH'],
      multi: ['ACTIVE', 'INACTIVE'],
      valid: true,
      count: 5,
      'a-b': 1,
    },
  },
)
const context = {
  event,
  ruleArn: 'arn:aws:events:eu-west-1:123456789012:rule/r',
  ruleName: 'r',
  ingestionTime: '2026-01-01T00:00:01Z',
}
const InputPathsMap = {
  userId: '$.detail.user.id',
  name: '$.detail.user.name',
  user: '$.detail.user',
  single: '$.detail.single',
  multi: '$.detail.multi',
  valid: '$.detail.valid',
  count: '$.detail.count',
  nothing: '$.detail.nothing',
  type: '$.detail-type',
}
const target = { Id: 't', Arn: 'a' }
const transformed = (InputTemplate: string): string =>
  targetInput({ ...target, InputTransformer: { InputPathsMap, InputTemplate } }, context)

describe('a template', () => {
  it.each([
    ['{"id": <userId>}', '{"id": "u-1"}'],
    ['{"id": "<userId>", "path": "users/<userId>/<userId>"}', '{"id": "u-1", "path": "users/u-1/u-1"}'],
    ['{"body": <user>}', '{"body": {"id":"u-1","name":"a \\"b\\""}}'],
    ['{"a": [<userId>, "x", <count>, <valid>]}', '{"a": ["u-1", "x", 5, true]}'],
    ['{"missing": <nothing>, "b": "<nothing>!"}', '{"missing": "", "b": "!"}'],
    ['{"list": <single>}', '{"list": ["HIGH"]}'],
    ['{"name": "<name>"}', '{"name": "a \\"b\\""}'],
    ['"Command is <valid>!"', '"Command is true!"'],
    ['"<single> and <multi> of <type>"', '"[HIGH] and [ACTIVE,INACTIVE] of Order"'],
    ['"{[/special <type>"', '"{[/special Order"'],
    ['"<userId> one"\n"<type> two"', '"u-1 one"\n"Order two"'],
    [
      '"<aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>"',
      '"arn:aws:events:eu-west-1:123456789012:rule/r r 2026-01-01T00:00:01Z"',
    ],
    ['{"e": <aws.events.event.json>}', `{"e": ${JSON.stringify(event)}}`],
    ['<user>', '{"id":"u-1","name":"a \\"b\\""}'],
  ])('%s makes %s', (template, expected) => {
    expect(transformed(template)).toBe(expected)
  })

  it('has the event without its detail', () => {
    expect(JSON.parse(transformed('{"e": <aws.events.event>}'))).toEqual({
      e: {
        id: 'i',
        account: '123456789012',
        detailType: 'Order',
        time: '2026-01-01T00:00:00Z',
        source: 'shop',
        region: 'eu-west-1',
        resources: ['r1', 'r2'],
        version: '0',
      },
    })
  })

  it.each(['<single> single list item', '{"list": "<single>"}', 'plain text', '{"a": }'])(
    '%s makes no JSON, so that nothing can be sent',
    template => {
      expect(() => transformed(template)).toThrow(expect.objectContaining({ code: 'InvalidJsonException' }))
    },
  )

  it('keeps JSON valid, whatever text is put into its quotes', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const detail = { text }
        const made = targetInput(
          {
            ...target,
            InputTransformer: { InputPathsMap: { t: '$.detail.text' }, InputTemplate: '{"a":"<t>","b":<t>}' },
          },
          { ...context, event: { ...event, detail } },
        )
        expect(JSON.parse(made)).toEqual({ a: text, b: text })
      }),
    )
  })

  it('names a placeholder that stands for nothing', () => {
    expect(unknownPlaceholder('{"a": <userId>, "b": <other>}', { userId: '$' })).toBe('other')
    expect(unknownPlaceholder('{"a": <aws.events.event>}')).toBeUndefined()
  })
})

describe('a target', () => {
  it.each([
    [{}, JSON.stringify(event)],
    [{ Input: '{"a":1}' }, '{"a":1}'],
    [{ InputPath: '$.detail.user.id' }, '"u-1"'],
    [{ InputPath: '$.detail.multi' }, '["ACTIVE","INACTIVE"]'],
  ])('with %j gets %s', (input, expected) => {
    expect(targetInput({ ...target, ...input }, context)).toBe(expected)
  })
})

describe('a JSON path', () => {
  it.each([
    ['$', event],
    ['$.detail-type', 'Order'],
    ["$['detail-type']", 'Order'],
    ['$.resources[1]', 'r2'],
    ['$.resources[2]', undefined],
    ['$.resources[*]', ['r1', 'r2']],
    ['$.detail.user.*', ['u-1', 'a "b"']],
    ['$.detail.a-b', 1],
    ['$.detail.user[0]', undefined],
    ['$.detail.nothing.more', undefined],
    ['$.detail.constructor', undefined],
  ])('%s leads to %j', (text, expected) => {
    const path = parseJsonPath(text)
    expect(path && followJsonPath(path, event)).toEqual(expected)
  })

  it.each(['detail', '$..id', '$.', '$.a[1:2]', '$.a[?(@.b)]', '$.a b', ''])('%s is not supported', text => {
    expect(parseJsonPath(text)).toBeUndefined()
  })
})
