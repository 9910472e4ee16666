import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readReferenceFile } from '../training/reference-file.ts'
import { airportFromItem, airportToItem, type Item, routeFromItem, routeToItem } from './reference-item.ts'

let items: Map<string, Item>

beforeAll(async () => {
  const file = await readFile(join(import.meta.dirname, '..', 'data', 'reference.jsonl.gz'))
  items = new Map(readReferenceFile(file).map(item => [item.pk?.S ?? '', item]))
})

const item = (key: string): Item => {
  const found = items.get(key)
  if (!found) throw new Error(`There is no ${key}.`)
  return found
}

describe('reference data', () => {
  it('hold an airport with its place and both its histories', () => {
    const atlanta = airportFromItem(item('airport#ATL'))
    expect(atlanta).toMatchObject({ iata: 'ATL', city: 'Atlanta', state: 'GA' })
    expect(atlanta.departures.flightsPerDay).toBeGreaterThan(500)
    expect(atlanta.arrivals.lateRateByPart).toHaveLength(8)
  })

  it('hold a route one way with its distance', () => {
    expect(routeFromItem(item('route#ATL#DFW'))).toMatchObject({
      origin: 'ATL',
      destination: 'DFW',
      distance: 732,
    })
  })

  it('are read and written without loss', () => {
    for (const [key, stored] of items) {
      const again = key.startsWith('airport#')
        ? airportToItem(airportFromItem(stored))
        : routeToItem(routeFromItem(stored))
      expect(again).toEqual(stored)
    }
  })

  it.each([
    ['latitude', { S: '33' }],
    ['latitude', undefined],
    ['departures', { M: {} }],
    ['arrivals', { M: { lateRateByPart: { L: [{ N: '0.1' }] } } }],
  ])('are refused where %s is %j', (name, value) => {
    const broken = { ...item('airport#ATL') }
    if (value) Object.assign(broken, { [name]: value })
    else delete broken[name]
    expect(() => airportFromItem(broken)).toThrow(name)
  })
})
