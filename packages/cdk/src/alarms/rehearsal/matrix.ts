import { CAUSES, type Cause } from './causes.ts'

/** The alarm through which alone somebody is paged. */
export const PAGER = 'sla-at-risk'

/** `●` the alarm's own cause, `○` another's that implies it. */
type Mark = '●' | '○'

/** Which alarms a cause is to raise, by key. */
export const expectedOf = (cause: Cause): ReadonlyMap<string, Mark> =>
  new Map<string, Mark>([
    ...(cause.pages ? [[PAGER, '○'] as const] : []),
    ...Object.keys(cause.implied ?? {}).map(key => [key, '○'] as const),
    ...cause.own.map(key => [key, '●'] as const),
  ])

/** The alarms that fired, by cause. */
export type Fired = ReadonlyMap<string, ReadonlySet<string>>

const tableOf = (rows: ReadonlyArray<readonly string[]>): string[] =>
  rows.flatMap((row, index) => [
    `| ${row.join(' | ')} |`,
    ...(index === 0 ? [`|${row.map((_, column) => (column === 0 ? '---' : ':-:')).join('|')}|`] : []),
  ])

const why = ({ implied = {}, pages }: Cause): string[] => [
  ...Object.entries(implied).map(([key, reason]) => `  - \`${key}\` too: ${reason}.`),
  ...(pages ? [`  - Pages once through \`${PAGER}\`, and says once that it is over.`] : []),
]

/**
 * Alarms by causes, as observed.
 *
 * @param keys of all alarms, in the order of the rows
 */
export const matrixOf = (fired: Fired, keys: readonly string[]): string[] => {
  const causes = Object.entries(CAUSES)
  const rows = keys.map(key => [
    `\`${key}\``,
    ...causes.map(([name, cause]) => (fired.get(name)?.has(key) ? (expectedOf(cause).get(key) ?? '') : '')),
  ])
  return tableOf([['alarm', ...causes.map((_, index) => String(index + 1))], ...rows])
}

/** The page of the documentation. */
export const documentOf = (fired: Fired, keys: readonly string[]): string =>
  [
    '# Which alarm speaks of what',
    '',
    'What `new Alarms(…)` makes of an agreement of 99.95 % and 200 ms at p90, driven through everything that it is there to tell:',
    'each cause is let happen alone, on a stepped clock, to a service that was healthy for three days, with the metrics that AWS’s',
    'services would publish, against the alarms as CloudFormation deployed them. `●` is an alarm’s own cause, `○` another’s that',
    'implies it. Where there is nothing, the alarm stayed quiet all the time. What pages did so once, and once when it was over.',
    '',
    'Written by a test: `SONDE_WRITE_DOCS=1 npx vitest run packages/cdk/src/alarms/rehearsal`.',
    '',
    ...matrixOf(fired, keys),
    '',
    'Pairs of burn alarms are shown as the one alarm that they are; their two halves take no action.',
    '',
    '## The causes',
    '',
    ...Object.entries(CAUSES).flatMap(([name, cause], index) => [
      `${index + 1}. **${name}**: ${cause.happens}. ${cause.own.map(key => `\`${key}\``).join(', ')}.`,
      ...why(cause).map(line => ` ${line}`),
    ]),
    '',
  ].join('\n')
