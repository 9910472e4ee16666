import { describe, expect, it, onTestFinished } from 'vitest'
import { createLazyThread } from './lazy-thread.ts'

interface Message {
  readonly id: number
  readonly text: string
}

/** A worker as it is written in a file. */
const workerOf = (source: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${source}`)}`,
  )

const open = (source: string, idle = 60_000) => {
  const thread = createLazyThread<Message, Message & { readonly error?: string }>(workerOf(source), idle)
  onTestFinished(() => thread.close())
  return thread
}

const ECHO = `parentPort.on('message', message => parentPort.postMessage(message))`

describe('a lazy thread', () => {
  it('is started by its first call and answers each with its own', async () => {
    const thread = open(ECHO)
    expect(thread.running).toBe(false)
    const answers = await Promise.all(['a', 'b', 'c'].map(text => thread.call({ text })))
    expect(answers.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
    expect(thread.running).toBe(true)
  })

  it('ends when it has nothing to do, and starts again', async () => {
    const thread = open(ECHO, 1)
    await thread.call({ text: 'a' })
    await expect.poll(() => thread.running).toBe(false)
    expect((await thread.call({ text: 'b' })).text).toBe('b')
  })

  it('fails what waits for it where it dies, and starts again', async () => {
    const thread = open(
      `parentPort.on('message', m => m.text === 'die' ? process.exit(3) : parentPort.postMessage(m))`,
    )
    await expect(thread.call({ text: 'die' })).rejects.toThrow('The thread ended with code 3.')
    expect((await thread.call({ text: 'b' })).text).toBe('b')
  })

  it('tells whom it keeps waiting that the service stops, where it is closed', async () => {
    const thread = open(`parentPort.on('message', () => {})`)
    const waiting = expect(thread.call({ text: 'a' })).rejects.toMatchObject({
      code: 'ServiceUnavailable',
      status: 503,
    })
    await thread.close()
    await waiting
  })

  it('passes errors on', async () => {
    const thread = open(`parentPort.on('message', ({ id }) => parentPort.postMessage({ id, error: 'no' }))`)
    await expect(thread.call({ text: 'a' })).rejects.toThrow('no')
  })
})
