/** Writes the reusable CloudFormation templates: `npm run build:templates`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TEMPLATES, textOf } from '../src/templates/templates.ts'

const folder = join(import.meta.dirname, '..', 'templates')
mkdirSync(folder, { recursive: true })
for (const [name, make] of Object.entries(TEMPLATES)) {
  const text = textOf(make())
  writeFileSync(join(folder, name), text)
  process.stdout.write(`${name} ${(text.length / 1_000).toFixed(1)} kB\n`)
}
