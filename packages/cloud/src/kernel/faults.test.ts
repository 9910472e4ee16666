import { DroppedConnection } from '@sonde/wire'
import { describe, expect, it } from 'vitest'
import { createFaults } from './faults.ts'

const POINT = 'lambda.invoke'

describe('a fault point', () => {
  it('costs nothing while no fault is set for it', () => {
    const faults = createFaults()
    faults.add({ point: 'sagemaker.invoke', drop: true })
    expect(faults.pass(POINT, 'f')).toBeUndefined()
  })

  it('fails with the error that was set', async () => {
    const faults = createFaults()
    faults.add({ point: POINT, error: { code: 'ServiceException', message: 'out', status: 500 } })
    await expect(faults.pass(POINT, 'f')).rejects.toMatchObject({ code: 'ServiceException', status: 500 })
  })

  it('asks for the connection to be dropped', async () => {
    const faults = createFaults()
    faults.add({ point: POINT, drop: true })
    await expect(faults.pass(POINT, 'f')).rejects.toBeInstanceOf(DroppedConnection)
  })

  it('spares other targets than the one named', async () => {
    const faults = createFaults()
    faults.add({ point: POINT, target: 'victim', drop: true })
    await expect(faults.pass(POINT, 'other')).resolves.toBeUndefined()
    await expect(faults.pass(POINT, 'victim')).rejects.toBeInstanceOf(DroppedConnection)
  })

  it('strikes the share of passes that was asked for', async () => {
    let draw = 0
    const faults = createFaults(() => (draw++ % 10) / 10)
    faults.add({ point: POINT, probability: 0.3, drop: true })
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => faults.pass(POINT, 'f')))
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(30)
  })

  it('is at rest again once the fault is removed', () => {
    const faults = createFaults()
    const id = faults.add({ point: POINT, drop: true })
    expect(faults.remove(id)).toBe(true)
    expect(faults.pass(POINT, 'f')).toBeUndefined()
    expect(faults.remove(id)).toBe(false)
  })
})
