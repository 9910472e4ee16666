import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'

const LOOPBACK = '127.0.0.1'
/** The state of a listening socket in `/proc/net/tcp`. */
const LISTEN = '0A'

/** Ports that this process has given to containers which have not bound them yet, so that no two get the same. */
const promised = new Set<number>()

const bindAny = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, LOOPBACK, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** A loopback port that nobody listens on. Give it back with {@link releasePort} once it is bound or given up. */
export const promisePort = async (): Promise<number> => {
  for (;;) {
    const port = await bindAny()
    if (promised.has(port)) continue
    promised.add(port)
    return port
  }
}

export const releasePort = (port: number): void => {
  promised.delete(port)
}

/** Whether somebody listens on that port. */
export const portTaken = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(true))
    server.listen(port, LOOPBACK, () => server.close(() => resolve(false)))
  })

const listeningInodes = async (port: number): Promise<Set<string>> => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'latin1').catch(() => '')),
  )
  const inodes = new Set<string>()
  for (const line of tables.join('\n').split('\n')) {
    const fields = line.trim().split(/\s+/)
    if (fields[1]?.endsWith(suffix) && fields[3] === LISTEN && fields[9]) inodes.add(fields[9])
  }
  return inodes
}

/** The members of the process group `leader` and all descendants of it. */
const family = async (leader: number): Promise<number[]> => {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const parents = new Map<number, number>()
  const members = new Set([leader])
  await Promise.all(
    pids.map(async pid => {
      const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
      // The command's name may hold spaces and parentheses: fields are counted after the last one.
      const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      parents.set(pid, Number(parent))
      if (Number(group) === leader) members.add(pid)
    }),
  )
  for (const pid of pids) {
    for (let at: number | undefined = pid, steps = 0; at && steps < 64; at = parents.get(at), steps++) {
      if (members.has(at)) members.add(pid)
    }
  }
  return [...members]
}

const holdsSocket = async (pid: number, inodes: ReadonlySet<string>): Promise<boolean> => {
  const names = await readdir(`/proc/${pid}/fd`).catch((): string[] => [])
  const links = await Promise.all(names.map(name => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return links.some(link => link.startsWith('socket:[') && inodes.has(link.slice(8, -1)))
}

/**
 * Whether it is this process, one of its group or a descendant that listens on the port. Between our choice of a free
 * port and the container's `bind` another program may take it, and would answer in the model's place.
 *
 * Always true where the platform has no `/proc`: there a container that finds its port taken is told by its exit only.
 */
export const ownsPort = async (pid: number, port: number): Promise<boolean> => {
  const inodes = await listeningInodes(port)
  if (inodes.size === 0) return !(await readFile('/proc/net/tcp').then(Boolean, () => false))
  for (const member of await family(pid)) {
    if (await holdsSocket(member, inodes)) return true
  }
  return false
}
