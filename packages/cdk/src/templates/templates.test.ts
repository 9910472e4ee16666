import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMAND, TEMPLATES, textOf } from './templates.ts'
import { isSection } from './value.ts'

const FOLDER = join(import.meta.dirname, '../../templates')
const fileOf = (name: string): string => join(FOLDER, name)

describe.each(Object.entries(TEMPLATES).map(([name, make]) => [name, make()] as const))(
  '%s',
  (name, template) => {
    it('is what the constructs make', () => {
      expect(readFileSync(fileOf(name), 'utf8'), `${name} is old: ${COMMAND}`).toBe(textOf(template))
    })

    it('has nothing of CDK in it: no assets, no paths, no bootstrapped account', () => {
      expect(readFileSync(fileOf(name), 'utf8')).not.toMatch(
        /aws:cdk|aws:asset|BootstrapVersion|CDKMetadata|cdk-/,
      )
    })

    it('has ids without hashes, and says of each parameter what it is', () => {
      const { Resources, Parameters } = template
      for (const id of Object.keys(Resources)) expect(id).not.toMatch(/[0-9A-F]{8}$/)
      for (const parameter of isSection(Parameters) ? Object.values(Parameters) : []) {
        expect(parameter).toMatchObject({ Description: expect.stringMatching(/\.$/) })
      }
    })
  },
)

it('are what cfn-lint takes', ({ skip }) => {
  const lint = spawnSync('cfn-lint', [...Object.keys(TEMPLATES).map(fileOf)], { encoding: 'utf8' })
  skip(lint.error !== undefined, 'cfn-lint is not installed')
  expect(lint.stdout + lint.stderr).toBe('')
}, 120_000)
