import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv } from './csv.ts'

const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`

describe('comma-separated values', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n\r\n"x, ""y""",\r\n',
      [
        ['a', 'b'],
        ['x, "y"', ''],
      ],
    ],
    ['a', [['a']]],
    ['', []],
  ])('%j are rows of cells', (text, rows) => {
    expect(parseCsv(text)).toEqual(rows)
  })

  it.each(['a,b\nb"o"b,1\ncy,2\n', 'a,b\n"bob,1\n', 'a,b\n"bob"x,1\n'])('%j is refused as a whole', text => {
    expect(() => parseCsv(text)).toThrow('a double quote is misplaced')
  })

  it('give back whatever was written', () => {
    const rows = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { maxLength: 5 })
    fc.assert(
      fc.property(rows, written => {
        expect(parseCsv(written.map(row => row.map(quote).join(',')).join('\n'))).toEqual(written)
      }),
    )
  })
})
