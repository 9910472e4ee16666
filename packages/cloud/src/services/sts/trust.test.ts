import { describe, expect, it } from 'vitest'
import type { Identity } from '../../kernel/ports.ts'
import { isTrusted } from './trust.ts'

const A = '111122223333'
const B = '444455556666'
const ROLE = `arn:aws:iam::${A}:role/watcher`

const root = (account: string): Identity => ({
  account,
  arn: `arn:aws:iam::${account}:root`,
  userId: account,
})
const session = (account: string, role: string): Identity => ({
  account,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/run`,
  userId: `AROA:${role}`,
})

const trust = (principal: unknown, more: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more }],
  })

const asked = (document: string, identity: Identity, allows = true, externalId?: string): boolean =>
  isTrusted({ allows: () => allows }, identity, {
    document,
    account: A,
    roleArn: ROLE,
    sessionName: 'x',
    externalId,
  })

describe('a role', () => {
  it.each<[string, unknown, Identity, boolean, boolean]>([
    ['trusts the account of another', { AWS: `arn:aws:iam::${B}:root` }, root(B), true, true],
    ['trusts an account by its number', { AWS: B }, root(B), true, true],
    ['does not trust who is not named', { AWS: B }, root('999999999999'), true, false],
    ['for a service is not for its account', { Service: 'lambda.amazonaws.com' }, root(A), true, false],
    ["needs a foreign session's own policies too", { AWS: B }, session(B, 'fn'), false, false],
    ['is assumed by a foreign session that both allow', { AWS: B }, session(B, 'fn'), true, true],
    [
      'that names a foreign role still needs that role to allow it',
      { AWS: `arn:aws:iam::${B}:role/fn` },
      session(B, 'fn'),
      false,
      false,
    ],
    [
      'that names a role of its own account needs no more',
      { AWS: `arn:aws:iam::${A}:role/fn` },
      session(A, 'fn'),
      false,
      true,
    ],
    ['that trusts its account leaves it to the policies there', { AWS: A }, session(A, 'fn'), false, false],
    [
      'names one role of an account and no other',
      { AWS: `arn:aws:iam::${B}:role/fn` },
      session(B, 'x'),
      true,
      false,
    ],
  ])('%s', (_, principal, identity, allows, expected) => {
    expect(asked(trust(principal), identity, allows)).toBe(expected)
  })

  it('asks for the external id where its policy does', () => {
    const document = trust({ AWS: B }, { Condition: { StringEquals: { 'sts:ExternalId': 'secret' } } })
    expect(asked(document, root(B))).toBe(false)
    expect(asked(document, root(B), true, 'guess')).toBe(false)
    expect(asked(document, root(B), true, 'secret')).toBe(true)
  })

  it('is closed to whom its policy denies', () => {
    const document = JSON.stringify({
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 'sts:*' },
        { Effect: 'Deny', Principal: { AWS: B }, Action: 'sts:AssumeRole' },
      ],
    })
    expect(asked(document, root(B))).toBe(false)
    expect(asked(document, root(A))).toBe(true)
  })
})
