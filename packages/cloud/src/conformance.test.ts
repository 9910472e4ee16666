/**
 * Every operation of every API that we speak, through its official client, with random inputs of the modelled shape.
 * What an operation means is tested in its service's folder; here it must answer as AWS would be able to: with an output that
 * the client can read, an AWS error, or 501 that names it. Never a defect of ours.
 */
import { NormalizedSchema } from '@smithy/core/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APIS } from './apis.ts'
import { startTestCloud } from './testing.ts'

const INPUTS = 8
const MAX_DEPTH = 4

/** Words that may mean something to some service, and some that mean nothing to any. */
const WORDS = [
  'a',
  'name',
  'my-resource',
  'us-east-1',
  'arn:aws:lambda:eu-west-1:123456789012:function:f',
  'arn:aws:iam::123456789012:role/r',
  '{}',
  '{"Resources":{"A":{"Type":"AWS::S3::Bucket"}}}',
  '[1, "x", null]',
  'GET',
  'é %2F/../ <&>"\'',
  '0',
  'x'.repeat(300),
]

const arbitraryOf = (schema: NormalizedSchema, depth = 0): fc.Arbitrary<unknown> => {
  if (schema.isStringSchema()) return fc.constantFrom(...WORDS)
  if (schema.isNumericSchema()) return fc.oneof(fc.integer({ min: -2, max: 5 }), fc.integer())
  if (schema.isBooleanSchema()) return fc.boolean()
  if (schema.isTimestampSchema()) return fc.integer({ min: 0, max: 4e9 }).map(s => new Date(s * 1_000))
  if (schema.isBlobSchema()) return fc.uint8Array({ maxLength: 40 })
  if (schema.isDocumentSchema()) return fc.constant({ a: 1 })
  if (depth >= MAX_DEPTH) return fc.constant(undefined)
  if (schema.isListSchema())
    return fc.array(arbitraryOf(schema.getValueSchema(), depth + 1), { maxLength: 3 })
  if (schema.isMapSchema()) {
    return fc.dictionary(fc.constantFrom(...WORDS), arbitraryOf(schema.getValueSchema(), depth + 1), {
      maxKeys: 3,
      noNullPrototype: true,
    })
  }
  if (!schema.isStructSchema()) return fc.constant(undefined)
  const members = [...schema.structIterator()].map(
    ([name, member]) => [name, arbitraryOf(member, depth + 1)] as const,
  )
  return fc.record(Object.fromEntries(members), { requiredKeys: [], noNullPrototype: true })
}

type Sdk = Record<string, unknown>
type Send = (command: unknown) => Promise<unknown>

interface Failure {
  readonly name: string
  readonly message: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

const clientOf = (sdk: Sdk): { send: Send } => {
  const Client = Object.entries(sdk).find(
    ([name]) => /^[A-Za-z0-9]+Client$/.test(name) && name !== '__Client',
  )?.[1]
  return new (Client as new (options: unknown) => { send: Send })({ ...cloud.client, forcePathStyle: true })
}

const operationsOf = (sdk: Sdk): string[] =>
  Object.keys(sdk)
    .filter(name => name.endsWith('Command') && name !== '$Command')
    .map(name => name.slice(0, -'Command'.length))

describe.each(APIS)('$api', description => {
  it('answers every operation as AWS would be able to', async () => {
    const sdk = (await description.load()) as Sdk
    const client = clientOf(sdk)
    const wrong: string[] = []
    for (const operation of operationsOf(sdk)) {
      const schema = sdk[`${operation}$`] as [number, string, string, unknown, never, never]
      const Command = sdk[`${operation}Command`] as new (input: unknown) => unknown
      const inputs = fc.sample(arbitraryOf(NormalizedSchema.of(schema[4])), { numRuns: INPUTS, seed: 42 })
      for (const input of inputs) {
        try {
          await client.send(new Command(input ?? {}))
        } catch (error) {
          const { name, message, $metadata } = error as Failure
          const status = $metadata?.httpStatusCode
          // What the client itself refuses to send never reached us.
          if (status === undefined) continue
          if (status === 501) {
            // The answer to HEAD has no body that could name anything.
            const isHead =
              (schema[3] as { http?: string[] } | 0 | undefined) &&
              JSON.stringify(schema[3]).includes('"HEAD"')
            if (!isHead && !message.endsWith(' is not implemented by Sonde.'))
              wrong.push(`${operation}: 501 without its name: ${message}`)
            break
          }
          if (status >= 500 || name === 'UnknownOperationException') {
            wrong.push(`${operation} ${JSON.stringify(input)?.slice(0, 200)}: ${status} ${name} ${message}`)
          }
        }
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)
})
