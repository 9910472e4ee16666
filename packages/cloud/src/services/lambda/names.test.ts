import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { functionArn, parseFunctionName } from './names.ts'

const SCOPE = { account: '000000000000', region: 'us-east-1' }
const OTHER = { account: '111111111111', region: 'eu-west-1' }

describe('a function name', () => {
  it.each([
    ['predict', undefined, SCOPE, 'predict', undefined],
    ['predict', '3', SCOPE, 'predict', '3'],
    ['predict:live', undefined, SCOPE, 'predict', 'live'],
    ['111111111111:function:predict', undefined, { ...SCOPE, account: '111111111111' }, 'predict', undefined],
    ['111111111111:predict:$LATEST', undefined, { ...SCOPE, account: '111111111111' }, 'predict', '$LATEST'],
    ['arn:aws:lambda:eu-west-1:111111111111:function:predict', undefined, OTHER, 'predict', undefined],
    ['arn:aws:lambda:eu-west-1:111111111111:function:predict:live', 'live', OTHER, 'predict', 'live'],
  ])('%s with qualifier %s is read', (text, qualifier, scope, name, expected) => {
    expect(parseFunctionName(SCOPE, text, qualifier)).toEqual({ scope, name, qualifier: expected })
  })

  it.each([
    ['', undefined],
    ['with space', undefined],
    ['a'.repeat(65), undefined],
    ['arn:aws:sqs:us-east-1:000000000000:queue', undefined],
    ['arn:aws:lambda:us-east-1:000000000000:layer:l', undefined],
    ['predict:a:b', undefined],
    ['predict', 'not!good'],
    ['predict:1', '2'],
  ])('%s with qualifier %s is refused', (text, qualifier) => {
    expect(() => parseFunctionName(SCOPE, text, qualifier)).toThrow(/1 validation error detected: Value/)
  })

  it('comes back from its ARN', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9-_]{1,64}$/)
    fc.assert(
      fc.property(
        name,
        fc.option(fc.constantFrom('$LATEST', '12', 'live'), { nil: undefined }),
        (text, qualifier) => {
          expect(parseFunctionName(SCOPE, functionArn(OTHER, text, qualifier))).toEqual({
            scope: OTHER,
            name: text,
            qualifier,
          })
        },
      ),
    )
  })
})
