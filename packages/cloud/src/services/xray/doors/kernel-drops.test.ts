import { describe, expect, it } from 'vitest'
import { dropsIn } from './kernel-drops.ts'

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  411: 0100007F:07D0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 123
  412: 00000000:17D0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 7
`

describe('the kernel’s drops', () => {
  it.each([
    [2_000, 123],
    [6_096, 7],
    [53, 0],
  ])('are those of the port alone: %i', (port, drops) => {
    expect(dropsIn(TABLE, port)).toBe(drops)
  })
})
