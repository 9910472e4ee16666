import { describe, expect, it } from 'vitest'
import { remember } from './remember.ts'

describe('what is remembered', () => {
  it('is made once, until there is too much of it', () => {
    const made: string[] = []
    const read = remember(text => {
      made.push(text)
      return text.length
    }, 5)
    expect([read('aa'), read('aa'), read('bbb'), read('aa')]).toEqual([2, 2, 3, 2])
    expect(made).toEqual(['aa', 'bbb'])
    read('c')
    read('aa')
    expect(made).toEqual(['aa', 'bbb', 'c', 'aa'])
  })

  it('is not what failed', () => {
    const read = remember((text: string): number => {
      throw new Error(text)
    }, 5)
    expect(() => read('a')).toThrow('a')
    expect(() => read('a')).toThrow('a')
  })
})
