import { describe, expect, it } from 'vitest'
import { checkDeclarations, type GivenParameter, resolveParameters } from './parameters.ts'
import type { ValueMap } from './value.ts'

const resolve = (
  declarations: Record<string, ValueMap>,
  values: Record<string, string | true> = {},
  previous: Record<string, string> = {},
) => {
  const given: GivenParameter[] = Object.entries(values).map(([key, value]) => ({
    key,
    value: value === true ? undefined : value,
    usePrevious: value === true,
  }))
  const ssm: Record<string, string> = { '/version': '30', '/list': 'a, b' }
  const map = new Map(Object.entries(declarations))
  checkDeclarations(map)
  return resolveParameters(map, given, new Map(Object.entries(previous)), name => ssm[name])
}

const value = (declaration: ValueMap, given?: string): unknown =>
  resolve({ P: declaration }, given === undefined ? {} : { P: given })[0]?.resolved

describe('parameters', () => {
  it.each<[string, ValueMap, string | undefined, unknown]>([
    ['a default', { Type: 'String', Default: 'x' }, undefined, 'x'],
    ['a numeric default as text', { Type: 'Number', Default: 3 }, undefined, '3'],
    ['a given value before the default', { Type: 'String', Default: 'x' }, 'y', 'y'],
    ['an empty string', { Type: 'String' }, '', ''],
    ['a list', { Type: 'CommaDelimitedList' }, 'a, b,c', ['a', 'b', 'c']],
    ['an empty list', { Type: 'CommaDelimitedList' }, '', []],
    ['a list of numbers', { Type: 'List<Number>' }, '1,2.5', ['1', '2.5']],
    [
      'an SSM parameter',
      { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/version' },
      undefined,
      '30',
    ],
    ['an SSM list', { Type: 'AWS::SSM::Parameter::Value<List<String>>' }, '/list', ['a', 'b']],
  ])('resolve %s', (_, declaration, given, expected) => {
    expect(value(declaration, given)).toEqual(expected)
  })

  it.each<[ValueMap, string, string]>([
    [{ Type: 'String', AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
    [{ Type: 'Number', AllowedValues: [1, 2] }, '3', "Parameter 'P' must be one of AllowedValues"],
    [{ Type: 'String', AllowedPattern: '[a-z]+' }, 'a1', "Parameter 'P' must match pattern [a-z]+"],
    [{ Type: 'String', AllowedPattern: 'a|b' }, 'ab', "Parameter 'P' must match pattern a|b"],
    [{ Type: 'String', MinLength: '3' }, 'ab', "Parameter 'P' must contain at least 3 characters"],
    [{ Type: 'String', MaxLength: 3 }, 'abcd', "Parameter 'P' must contain at most 3 characters"],
    [{ Type: 'Number' }, 'x', "Parameter 'P' must be a number"],
    [{ Type: 'Number' }, '', "Parameter 'P' must be a number"],
    [{ Type: 'Number' }, '0x10', "Parameter 'P' must be a number"],
    [{ Type: 'List<Number>' }, '1,x', "Parameter 'P' must be a number"],
    [{ Type: 'Number', MinValue: 2 }, '1', "Parameter 'P' must be a number not less than 2"],
    [{ Type: 'Number', MaxValue: 2 }, '3', "Parameter 'P' must be a number not greater than 2"],
    [
      { Type: 'String', AllowedPattern: 'a', ConstraintDescription: 'say a' },
      'b',
      "Parameter 'P' failed to satisfy constraint: say a",
    ],
    [{ Type: 'String' }, 'x'.repeat(4097), "Parameter 'P' must not be larger than 4096 bytes"],
    [{ Type: 'Strung' }, 'x', 'Template format error: Unrecognized parameter type: Strung'],
    [{ Type: 'AWS::EC2::VPC::Id' }, 'x', 'Parameter type AWS::EC2::VPC::Id of P is not supported by Sonde.'],
    [{}, 'x', 'Template format error: Every Parameters object must contain a Type member.'],
    [{ Type: 'String', Defualt: 'x' }, 'x', "Invalid template parameter property 'Defualt'"],
    [
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      '/nope',
      'Unable to fetch parameters [/nope] from parameter store for this account.',
    ],
  ])('%j refuses %.10j', (declaration, given, message) => {
    expect(() => value(declaration, given)).toThrow(message)
  })

  it('name all that are missing, and all that do not exist', () => {
    expect(() => resolve({ A: { Type: 'String' }, B: { Type: 'String' } })).toThrow(
      'Parameters: [A, B] must have values',
    )
    expect(() => resolve({}, { X: 'x', Y: 'y' })).toThrow('Parameters: [X, Y] do not exist in the template')
  })

  it('take the previous value where they are told to', () => {
    const declarations = { A: { Type: 'String', Default: 'new' } }
    expect(resolve(declarations, { A: true }, { A: 'old' })[0]?.value).toBe('old')
    expect(resolve(declarations, {}, { A: 'old' })[0]?.value).toBe('new')
    expect(() => resolve(declarations, { A: true })).toThrow(
      'Invalid input for parameter key A. Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    )
  })
})
