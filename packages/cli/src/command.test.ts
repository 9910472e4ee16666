import { describe, expect, it } from 'vitest'
import { type Command, helpOf, parseArguments } from './command.ts'

const command: Command = {
  summary: 'try',
  operands: '[app]',
  description: 'Tries.',
  options: {
    port: { type: 'string', value: 'number', variable: 'SONDE_PORT', help: 'Port' },
    quiet: { type: 'boolean', variable: 'SONDE_QUIET', help: 'No logs' },
  },
  run: async () => 0,
}

describe('a command line', () => {
  it('is taken apart into operands and options', () => {
    const parsed = parseArguments(command, ['app', '--port', '5000', '--quiet'], {})
    expect(parsed.operands).toEqual(['app'])
    expect(parsed.integer('port', 65_535)).toBe(5_000)
    expect(parsed.flag('quiet')).toBe(true)
  })

  it('takes from variables what it does not say itself', () => {
    const environment = { SONDE_PORT: '6000', SONDE_QUIET: '1' }
    expect(parseArguments(command, [], environment).integer('port', 65_535)).toBe(6_000)
    expect(parseArguments(command, ['--port', '7000'], environment).integer('port', 65_535)).toBe(7_000)
    expect(parseArguments(command, [], environment).flag('quiet')).toBe(true)
  })

  it.each([
    [['--prot', '1'], "Unknown option '--prot'. See --help."],
    [['--port'], "Option '--port <value>' argument missing. See --help."],
  ])('%j is refused in one line', (words, message) => {
    expect(() => parseArguments(command, words, {})).toThrow(message)
  })

  it.each(['x', '-1', '70000', '1.5'])('refuses port %s by naming the option', port => {
    const parsed = parseArguments(command, [`--port=${port}`], {})
    expect(() => parsed.integer('port', 65_535)).toThrow('--port must be a whole number from 0 to 65535')
  })
})

describe('the help of a command', () => {
  it('shows each option with the variable that sets it', () => {
    expect(helpOf('try', command)).toBe(
      [
        'Usage: sonde try [app]',
        '',
        'Tries.',
        '',
        'Options:',
        '  --port number             Port [SONDE_PORT]',
        '  --quiet                   No logs [SONDE_QUIET]',
      ].join('\n'),
    )
  })
})
