/** What an alarm's description says of itself, as @sonde/cdk writes it: a sentence, then lines `Name: text`. */
export interface AlarmDescription {
  readonly meaning: string
  readonly derivation?: string
  readonly urgency?: string
  readonly silence?: string
  readonly owner?: string
  readonly runbook?: string
}

const NAMES = ['derivation', 'urgency', 'silence', 'owner', 'runbook'] as const

/** Reads a description; of others' alarms the first line is the meaning and nothing else is known. */
export const readDescription = (text = ''): AlarmDescription => {
  const [meaning = '', ...lines] = text.split('\n')
  const found: Record<string, string> = {}
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z][a-z]+): (.+)$/.exec(line) ?? []
    const known = NAMES.find(candidate => candidate === name.toLowerCase())
    if (known) found[known] = value
  }
  return { meaning, ...found }
}
