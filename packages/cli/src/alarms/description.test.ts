import { expect, it } from 'vitest'
import { readDescription } from './description.ts'

it('an alarm’s description is read line by line', () => {
  const text =
    'Too slow.\nDerivation: 80 % of 100.\nUrgency: page\nOwner: ml\nRunbook: https://r/#slow\nOther: no'
  expect(readDescription(text)).toEqual({
    meaning: 'Too slow.',
    derivation: '80 % of 100.',
    urgency: 'page',
    owner: 'ml',
    runbook: 'https://r/#slow',
  })
})

it('an alarm of somebody else has a meaning at most', () => {
  expect(readDescription('CPU is high')).toEqual({ meaning: 'CPU is high' })
  expect(readDescription(undefined)).toEqual({ meaning: '' })
})
