import type { DaemonCounters } from '@sonde/cloud'

const LABELS: ReadonlyArray<readonly [keyof DaemonCounters, string, always: boolean]> = [
  ['datagrams', 'datagrams received', true],
  ['rejected', 'datagrams malformed', false],
  ['unsampled', 'datagrams of unsampled spans', false],
  ['kernelDropped', 'datagrams dropped by the kernel, its buffer full', false],
  ['rejectedSpans', 'spans rejected', false],
  ['delivered', 'documents delivered', true],
  ['unprocessed', 'documents refused by X-Ray', false],
  ['dropped', 'documents dropped, the memory full', true],
  ['failed', 'documents lost, X-Ray not reached', false],
  ['pending', 'documents waiting', false],
]

/** What became of everything, in one line; what never happened is left out, but for what one looks for. */
export const describeCounters = (counters: DaemonCounters, retries: number): string =>
  [
    ...LABELS.flatMap(([key, label, always]) => {
      const count = counters[key] ?? 0
      return count > 0 || always ? [`${count} ${label}`] : []
    }),
    ...(retries > 0 ? [`${retries} retries`] : []),
  ].join(', ')
