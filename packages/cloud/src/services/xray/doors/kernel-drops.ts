import { readFileSync } from 'node:fs'

const TABLES = ['/proc/net/udp', '/proc/net/udp6']
const LOCAL_ADDRESS = 1

/** Datagrams that a table of sockets says were dropped at a port: the last column of its rows. */
export const dropsIn = (table: string, port: number): number => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  let drops = 0
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/)
    if (columns[LOCAL_ADDRESS]?.endsWith(suffix)) drops += Number(columns.at(-1)) || 0
  }
  return drops
}

/**
 * Datagrams that the kernel dropped since a port is listened on, because its buffer was full.
 *
 * @returns `undefined` where the system does not tell
 */
export const kernelDrops = (port: number): number | undefined => {
  let drops: number | undefined
  for (const path of TABLES) {
    try {
      drops = (drops ?? 0) + dropsIn(readFileSync(path, 'latin1'), port)
    } catch {
      // No Linux, or no IPv6.
    }
  }
  return drops
}
