import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startUntil } from '../process.ts'

/** How long rules get to be evaluated some times, in ms. */
const SETTLE = 20_000

const rulesOf = (series: number, rules: number): string =>
  [
    'groups:',
    '  - name: bench',
    '    interval: 5s',
    '    rules:',
    ...Array.from({ length: rules }, (_, index) =>
      [
        `      - alert: a${index}`,
        `        expr: avg_over_time(bench{id="${index % series}"}[1m]) > ${1e6 + index}`,
        '        for: 5m',
      ].join('\n'),
    ),
  ].join('\n')

/**
 * How long Debian's Prometheus takes to evaluate as many rules on as many series, in ms, by its own account.
 *
 * @returns `undefined`, with a line that says so, where it is not installed
 */
export const measurePrometheus = async (
  series: number,
  rules: number,
  print: (line: string) => void,
): Promise<number | undefined> => {
  if (spawnSync('prometheus', ['--version']).status !== 0) {
    print('Skipped: prometheus is not installed (Debian: apt install prometheus)')
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-prometheus-'))
  const target = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(Array.from({ length: series }, (_, id) => `bench{id="${id}"} ${id % 1_000}\n`).join(''))
  })
  await new Promise<void>(resolve => target.listen(0, '127.0.0.1', resolve))
  const { port } = target.address() as AddressInfo
  writeFileSync(join(folder, 'rules.yml'), rulesOf(series, rules))
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: {scrape_interval: 5s}\nrule_files: [rules.yml]\nscrape_configs:\n  - job_name: bench\n    static_configs: [{targets: ['127.0.0.1:${port}']}]\n`,
  )
  const listen = 19_090
  const peer = await startUntil(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${listen}`,
    ],
    { cwd: folder, until: /ready to receive (web )?requests/ },
  )
  try {
    await new Promise(resolve => setTimeout(resolve, SETTLE))
    const metrics = await (await fetch(`http://127.0.0.1:${listen}/metrics`)).text()
    const seconds = /^prometheus_rule_group_last_duration_seconds\{[^}]*\} (\S+)$/m.exec(metrics)?.[1]
    return seconds === undefined ? undefined : Number(seconds) * 1_000
  } finally {
    await peer.stop()
    target.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
