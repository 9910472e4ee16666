import { describe, expect, it } from 'vitest'
import { readable } from './substitution.ts'
import { mergeVariants } from './variants.ts'

const resolve = (texts: readonly string[]) => ({
  name: `Of${texts.join('And')}`,
  value: { Ref: texts.join() },
})

describe('texts of pieces', () => {
  it('become texts with names in them', () => {
    const join = {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':${x}:', { 'Fn::GetAtt': ['A', 'Arn'] }]],
    }
    expect(readable({ a: [join] })).toEqual({ a: [{ 'Fn::Sub': 'arn:${AWS::Partition}:${!x}:${A.Arn}' }] })
  })

  it('keep what has no name as a variable', () => {
    const choice = { 'Fn::If': ['C', 'a', 'b'] }
    expect(readable({ 'Fn::Join': ['', ['x', choice]] })).toEqual({
      'Fn::Sub': ['x${Value1}', { Value1: choice }],
    })
  })
})

describe('variants of a template', () => {
  it.each([
    ['what is the same as it is', [{ a: [1, 'x 1'] }, { a: [1, 'x 1'] }], { a: [1, 'x 1'] }],
    ['other numbers', [{ a: 1 }, { a: 2.5 }], { a: { Ref: '1,2.5' } }],
    ['numbers in texts', [['p 1 of 9'], ['p 2 of 9']], [{ 'Fn::Sub': 'p ${Of1And2} of 9' }]],
    [
      'numbers in texts that have names already',
      [{ 'Fn::Sub': '${S}-1' }, { 'Fn::Sub': '${S}-2' }],
      { 'Fn::Sub': '${S}-${Of1And2}' },
    ],
  ])('keep or name %s', (_, variants, merged) => {
    expect(mergeVariants(variants, resolve)).toEqual(merged)
  })

  it.each([
    [[{ a: 'x 1' }, { a: 'y 1' }], 'a differs in more than numbers: x # | y #'],
    [[{ a: [1] }, { a: [1, 2] }], 'a has another shape in each variant'],
    [[{ a: 1 }, { b: 1 }], ' has another shape in each variant'],
  ])('that cannot be one template are refused: %j', (variants, message) => {
    expect(() => mergeVariants(variants, resolve)).toThrow(message)
  })
})
