import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** What a process and all that it started take. */
export interface TreeUsage {
  /** ms of processor time of each process since it began, by pid. */
  readonly cpu: ReadonlyMap<number, number>
  /** Bytes of memory, pages that several processes share counted in each. */
  readonly memory: number
}

/** ms. Linux counts processor time in hundredths of a second on every architecture. */
const TICK = 10
/** Deeper or larger trees are cut off: no model server is one. */
const MAX_PROCESSES = 1_000

const childrenOf = (pid: number): number[] => {
  const children: number[] = []
  // Each thread has children of its own.
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
    if (text !== '') children.push(...text.trim().split(' ').map(Number))
  }
  return children
}

/** ms of processor time, by `/proc/<pid>/stat`: the name, in parentheses, may hold anything. */
const cpuOf = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK
}

/** Bytes, by `/proc/<pid>/status`. */
const memoryOf = (status: string): number => Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024

/** By Linux's /proc: some 30 µs a process. Processes that end meanwhile are left out. */
export const readLinuxTree = (root: number): TreeUsage => {
  const cpu = new Map<number, number>()
  let memory = 0
  const pending = [root]
  for (let pid = pending.pop(); pid !== undefined && cpu.size < MAX_PROCESSES; pid = pending.pop()) {
    try {
      cpu.set(pid, cpuOf(readFileSync(`/proc/${pid}/stat`, 'latin1')))
      memory += memoryOf(readFileSync(`/proc/${pid}/status`, 'latin1'))
      pending.push(...childrenOf(pid))
    } catch {
      // It has ended.
    }
  }
  return { cpu, memory }
}

/** ms: `1-02:03:04`, `02:03:04`, `3:04.56`. */
const durationIn = (text: string): number => {
  const [days, rest] = text.includes('-') ? text.split('-') : ['0', text]
  const seconds = (rest ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1000
}

/** Reads `ps -A -o pid=,ppid=,rss=,time=`. */
export const parsePs = (output: string, root: number): TreeUsage => {
  const processes = new Map<number, { parent: number; memory: number; cpu: number }>()
  for (const line of output.split('\n')) {
    const [pid, parent, memory, time] = line.trim().split(/\s+/)
    if (time === undefined) continue
    processes.set(Number(pid), {
      parent: Number(parent),
      memory: Number(memory) * 1024,
      cpu: durationIn(time),
    })
  }
  const cpu = new Map<number, number>()
  let memory = 0
  const belongs = (pid: number): boolean => {
    for (let at = pid, steps = 0; steps < MAX_PROCESSES; steps++) {
      if (at === root) return true
      const parent = processes.get(at)?.parent
      if (parent === undefined || parent === at) return false
      at = parent
    }
    return false
  }
  for (const [pid, process] of processes) {
    if (!belongs(pid)) continue
    cpu.set(pid, process.cpu)
    memory += process.memory
  }
  return { cpu, memory }
}

const run = promisify(execFile)

/** What the process trees of `roots` take now, in their order; a root that is gone takes nothing. */
export const readTrees = async (roots: readonly number[]): Promise<TreeUsage[]> => {
  if (process.platform === 'linux') return roots.map(readLinuxTree)
  // Without /proc: macOS and the BSDs.
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='])
  return roots.map(root => parsePs(stdout, root))
}
