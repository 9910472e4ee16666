/** One row of the result: what was measured, ours, the peer's, and the budget where there is one. */
export interface Row {
  readonly what: string
  readonly ours: string
  readonly peer?: string
  readonly budget?: string
  /** Whether the budget was kept; absent where there is none, or no peer to compare with. */
  readonly kept?: boolean
}

const COLUMNS = ['what', 'Sonde', 'peer', 'budget', ''] as const

const cells = (row: Row): string[] => [
  row.what,
  row.ours,
  row.peer ?? '',
  row.budget ?? '',
  row.kept === undefined ? '' : row.kept ? 'kept' : 'MISSED',
]

/** A table for the terminal. */
export const renderTable = (rows: readonly Row[]): string => {
  const lines = [COLUMNS.slice(), ...rows.map(cells)]
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map(line => (line[column] ?? '').length)))
  const render = (line: readonly string[]) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const [head = [], ...body] = lines
  return [render(head), widths.map(width => '-'.repeat(width)).join('  '), ...body.map(render)].join('\n')
}
