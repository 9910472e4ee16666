import type * as Sdk from '@aws-sdk/client-api-gateway'
import { ServiceError } from '@sonde/wire'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, requireEnum } from '../errors.ts'
import { parseCsv } from '../usage-plans/csv.ts'
import { createApiKey } from './api-keys.ts'

/** Columns in lower case; names in the file's first line are in any case. */
const COLUMNS: readonly string[] = ['name', 'key', 'description', 'enabled', 'usageplanids']

type ImportApiKeysInput = Omit<Sdk.ImportApiKeysRequest, 'body'> & { readonly body: Uint8Array | undefined }

interface ImportedKey {
  readonly name: string
  readonly value: string
  readonly description: string | undefined
  readonly enabled: boolean
  readonly plans: readonly string[]
}

const readEnabled = (cell: string): boolean => {
  const value = cell.toLowerCase()
  if (value !== '' && value !== 'true' && value !== 'false') {
    throw badRequest(`Invalid API keys file: enabled must be true or false, not ${cell}`)
  }
  return value !== 'false'
}

const readKeys = (text: string): ImportedKey[] => {
  const [header = [], ...rows] = parseCsv(text)
  const names = header.map(name => name.trim().toLowerCase())
  const unknown = names.find(name => !COLUMNS.includes(name))
  if (unknown !== undefined) throw badRequest(`Invalid API keys file: unknown column ${unknown}`)
  for (const required of ['name', 'key']) {
    if (!names.includes(required)) throw badRequest(`Invalid API keys file: column ${required} is missing`)
  }
  return rows.map(row => {
    const cell = (name: string): string => row[names.indexOf(name)]?.trim() ?? ''
    return {
      name: cell('name'),
      value: cell('key'),
      description: cell('description') || undefined,
      enabled: readEnabled(cell('enabled')),
      plans: cell('usageplanids')
        .split(',')
        .map(plan => plan.trim())
        .filter(plan => plan !== ''),
    }
  })
}

/**
 * Imports keys from a file of comma-separated values. What cannot be done for one of them is told as a warning, or
 * fails the import with `failOnWarnings`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 */
export const createImportApiKeysOperations = (
  control: ControlPlane,
  addToPlan: (input: Sdk.CreateUsagePlanKeyRequest, context: ScopeContext) => unknown,
) => ({
  ImportApiKeys: (
    { body, format, failOnWarnings }: ImportApiKeysInput,
    context: ScopeContext,
  ): Sdk.ApiKeyIds => {
    const { subscriptions } = control
    requireEnum('importApiKeysInput.format', format, ['csv'])
    const ids: string[] = []
    const warnings: string[] = []
    for (const { plans, ...key } of readKeys(Buffer.from(body ?? []).toString('utf8'))) {
      try {
        const record = createApiKey(control, context.scope, key)
        ids.push(record.id)
        for (const usagePlanId of plans) {
          addToPlan({ usagePlanId, keyId: record.id, keyType: 'API_KEY' }, context)
        }
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        warnings.push(`${key.name}: ${error.message}`)
      }
    }
    if (failOnWarnings && warnings.length > 0) {
      for (const id of ids) subscriptions.deleteKey(context.scope, subscriptions.key(context.scope, id))
      throw badRequest(warnings.join('; '))
    }
    return { ids, warnings }
  },
})
