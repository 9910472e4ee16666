import type { DuckDBValue } from '@duckdb/node-api'
import type { CauseKind } from '../filter/ast.ts'
import type { RootCauseFacts } from '../filter/trace-facts.ts'
import type { ServiceKey } from '../graph/service-node.ts'
import type { Database } from './database.ts'
import { type AttributeKind, UNSET } from './schema.ts'

export interface NumberedService {
  readonly id: number
  readonly scope: number
  readonly service: ServiceKey
}

/** Root causes by kind, with neither coverage nor exceptions. */
export type CauseShapes = Readonly<Record<CauseKind, readonly RootCauseFacts[]>>

export interface NumberedCauses {
  readonly id: number
  readonly causes: CauseShapes
}

/** What is asked about each by a filter in a few milliseconds; traces with causes beyond these are asked one by one. */
export const MAX_CAUSES = 10_000
/** Rows of one INSERT. */
const INSERT_ROWS = 100

/** Small numbers for scopes, services and attributes, which rows have instead of their names. */
export interface Dictionary {
  scopeId(name: string): number
  /** `undefined` where nothing of the scope was ever loaded. */
  findScope(name: string): number | undefined
  serviceId(scope: number, service: ServiceKey): number
  service(id: number): ServiceKey | undefined
  servicesOf(scope: number): readonly NumberedService[]
  /** @param key of an annotation; empty for other kinds */
  nameId(kind: AttributeKind, key: string): number
  /** `undefined` where no trace has one. */
  findName(kind: AttributeKind, key: string): number | undefined
  /**
   * @param text that tells the causes apart
   * @returns UNSET where there are too many already
   */
  causesId(text: string, causes: () => CauseShapes): number
  readonly causes: readonly NumberedCauses[]
  /** Writes what is new since the last call, within the transaction of the rows that use it. */
  save(): Promise<void>
}

const text = (value: DuckDBValue | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value)

export const openDictionary = async (database: Database): Promise<Dictionary> => {
  const scopes = new Map<string, number>()
  const services: NumberedService[] = []
  /** By name: a look-up for every row must not build a key. */
  const byName = new Map<string, NumberedService[]>()
  let newScopes: Array<[number, string]> = []
  let newServices: NumberedService[] = []
  const names = new Map<string, Map<string, number>>()
  let nameCount = 0
  let newNames: Array<[number, string, string]> = []

  const causes: NumberedCauses[] = []
  const causesByText = new Map<string, number>()
  let newCauses: Array<[number, string, string]> = []

  const addCauses = (id: number, text: string, shapes: CauseShapes): void => {
    causes.push({ id, causes: shapes })
    causesByText.set(text, id)
  }

  const saveCauses = async (rows: ReadonlyArray<readonly [number, string, string]>): Promise<void> => {
    for (let from = 0; from < rows.length; from += INSERT_ROWS) {
      const some = rows.slice(from, from + INSERT_ROWS)
      await database.run(`INSERT INTO causes VALUES ${some.map(() => '(?, ?, ?)').join(', ')}`, some.flat())
    }
  }

  const addName = (id: number, kind: string, key: string): void => {
    const keys = names.get(kind)
    if (keys) keys.set(key, id)
    else names.set(kind, new Map([[key, id]]))
    nameCount = Math.max(nameCount, id + 1)
  }

  const add = (numbered: NumberedService): void => {
    services[numbered.id] = numbered
    const { name } = numbered.service
    const present = byName.get(name)
    if (present) present.push(numbered)
    else byName.set(name, [numbered])
  }

  for (const { id, name } of await database.rows('SELECT id, name FROM scopes')) {
    scopes.set(String(name), Number(id))
  }
  for (const row of await database.rows('SELECT * FROM services ORDER BY id')) {
    const { id, scope, name, type, account } = row
    add({
      id: Number(id),
      scope: Number(scope),
      service: { name: String(name), type: text(type), account: text(account) },
    })
  }

  for (const row of await database.rows('SELECT id, text, facts FROM causes ORDER BY id')) {
    addCauses(Number(row.id), String(row.text), JSON.parse(String(row.facts)))
  }

  for (const { id, kind, key } of await database.rows('SELECT id, kind, key FROM names')) {
    addName(Number(id), String(kind), String(key))
  }

  return {
    scopeId: name => {
      let id = scopes.get(name)
      if (id === undefined) {
        id = scopes.size
        scopes.set(name, id)
        newScopes.push([id, name])
      }
      return id
    },
    findScope: name => scopes.get(name),
    serviceId: (scope, service) => {
      for (const known of byName.get(service.name) ?? []) {
        const { type, account } = known.service
        if (known.scope === scope && type === service.type && account === service.account) return known.id
      }
      const numbered = { id: services.length, scope, service }
      add(numbered)
      newServices.push(numbered)
      return numbered.id
    },
    service: id => services[id]?.service,
    servicesOf: scope => services.filter(numbered => numbered.scope === scope),
    nameId: (kind, key) => {
      const known = names.get(kind)?.get(key)
      if (known !== undefined) return known
      const id = nameCount
      addName(id, kind, key)
      newNames.push([id, kind, key])
      return id
    },
    findName: (kind, key) => names.get(kind)?.get(key),
    causes,
    causesId: (key, shapes) => {
      const known = causesByText.get(key)
      if (known !== undefined) return known
      const id = causes.length
      if (id === MAX_CAUSES) return UNSET
      const found = shapes()
      addCauses(id, key, found)
      newCauses.push([id, key, JSON.stringify(found)])
      return id
    },
    save: async () => {
      const causesToSave = newCauses
      newCauses = []
      await saveCauses(causesToSave)
      const [scopesToSave, servicesToSave, namesToSave] = [newScopes, newServices, newNames]
      newNames = []
      newScopes = []
      newServices = []
      for (const row of scopesToSave) await database.run('INSERT INTO scopes VALUES (?, ?)', row)
      for (const row of namesToSave) await database.run('INSERT INTO names VALUES (?, ?, ?)', row)
      for (const { id, scope, service } of servicesToSave) {
        const { name, type = null, account = null } = service
        await database.run('INSERT INTO services VALUES (?, ?, ?, ?, ?)', [id, scope, name, type, account])
      }
    },
  }
}
