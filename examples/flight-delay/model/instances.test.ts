import { describe, expect, it } from 'vitest'
import { InvalidInstancesError, MAX_INSTANCES, readInstances } from './instances.ts'

const NAMES = ['hour', 'distance']
const read = (text: string, type?: string) => readInstances(Buffer.from(text), type, NAMES)

describe('readInstances', () => {
  it.each([
    ['{"instances":[[17,732],[8,100.5]]}', undefined],
    ['{"instances":[[17,732],[8,100.5]]}', 'application/json; charset=utf-8'],
    ['17,732\n8,100.5\n', 'text/csv'],
    ['17, 732\r\n\r\n8,1.005e2', 'Text/CSV'],
  ])('reads %j as %s', (text, type) => {
    expect(read(text, type)).toEqual(Float32Array.of(17, 732, 8, 100.5))
  })

  it.each([
    ['{', undefined, 'not JSON'],
    ['null', undefined, '{"instances"'],
    ['{"rows":[[1,2]]}', undefined, '{"instances"'],
    ['{"instances":[]}', undefined, 'no instances'],
    ['{"instances":[[1,2],[1]]}', undefined, 'instances[1] must have 2 numbers: hour, distance'],
    ['{"instances":[{"hour":1}]}', undefined, 'instances[0] must have 2 numbers'],
    ['{"instances":[[1,"2"]]}', undefined, 'instances[0]: distance must be a finite number'],
    ['{"instances":[[1e999,2]]}', undefined, 'instances[0]: hour must be a finite number'],
    ['{"instances":[[null,2]]}', undefined, 'instances[0]: hour must be a finite number'],
    ['1,2\n3,', 'text/csv', 'Line 2: distance must be a finite number'],
    ['1,2,3', 'text/csv', 'Line 1 must have 2 numbers'],
    ['', 'text/csv', 'no instances'],
    [
      JSON.stringify({ instances: Array.from({ length: MAX_INSTANCES + 1 }, () => [1, 2]) }),
      undefined,
      '4097',
    ],
  ])('says what is wrong with %.40j as %s', (text, type, message) => {
    expect(() => read(text, type)).toThrow(InvalidInstancesError)
    expect(() => read(text, type)).toThrow(message)
  })

  it.each(['application/x-npy', 'constructor', ''])('refuses the content type %j with 415', type => {
    expect(() => read('{}', type)).toThrow(expect.objectContaining({ status: 415 }))
  })
})
