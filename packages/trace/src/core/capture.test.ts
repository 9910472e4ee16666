import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble, type Received, startDaemon, type Tree } from '../testing/daemon.ts'
import { lambdaInvocation } from '../testing/lambda-environment.ts'
import { annotate, capture, currentCapture } from './capture.ts'
import { captured } from './decorator.ts'
import { segment } from './segment.ts'

let daemon: Awaited<ReturnType<typeof startDaemon>>
const invocation = lambdaInvocation(';Lineage=a87bd80c:1')

beforeEach(async () => {
  daemon = await startDaemon(invocation.environment)
})
afterEach(() => daemon.stop())

const names = (trees: readonly Tree[]): unknown[] =>
  trees.map(({ name, children }) => (children.length > 0 ? [name, ...names(children)] : name))

const trees = async (): Promise<unknown[]> => names(assemble(await daemon.documents(), invocation.parent))

const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('nesting', () => {
  it('nests a captured function that another captured function calls', async () => {
    const predict = captured('## predict')(() => 1)
    captured('## handle')(() => predict())()
    expect(await trees()).toEqual([['## handle', '## predict']])
  })

  it('nests several calls of one function under the same parent', async () => {
    const predict = captured('## predict')(async () => tick())
    await captured('## handle')(async () => {
      await predict()
      await predict()
    })()
    expect(await trees()).toEqual([['## handle', '## predict', '## predict']])
  })

  it('makes a capture of each iteration of a loop, under the calling function', async () => {
    const predict = captured('## predict')(async () => tick())
    await capture('## batch', async () => {
      for (let index = 0; index < 5; index++) await predict()
    })
    expect(await trees()).toEqual([['## batch', ...Array.from({ length: 5 }, () => '## predict')]])
  })

  it('keeps the parents of concurrent captures apart', async () => {
    await capture('all', () =>
      Promise.all(
        ['a', 'b', 'c'].map(name =>
          capture(name, async () => {
            await tick()
            await capture(`${name}1`, tick)
            await Promise.all([capture(`${name}2`, tick), capture(`${name}3`, tick)])
          }),
        ),
      ),
    )
    expect(await trees()).toEqual([
      ['all', ['a', 'a1', 'a2', 'a3'], ['b', 'b1', 'b2', 'b3'], ['c', 'c1', 'c2', 'c3']],
    ])
  })

  it('nests recursion', async () => {
    const down = captured('down')((depth: number): number => (depth === 0 ? 0 : down(depth - 1) + 1))
    expect(down(3)).toBe(3)
    expect(await trees()).toEqual([['down', ['down', ['down', 'down']]]])
  })

  it('brings random trees of captures out as the same trees, whatever their size', async () => {
    interface Shape {
      readonly name: string
      readonly late: boolean
      readonly children: readonly Shape[]
    }
    const name = fc.constantFrom('## predict', '## preprocess', 'ä/ö', 'x')
    const { shape } = fc.letrec<{ shape: Shape; leaf: Shape; node: Shape }>(tie => ({
      shape: fc.oneof({ maxDepth: 6 }, tie('leaf'), tie('node')),
      leaf: fc.record({ name, late: fc.boolean(), children: fc.constant([]) }),
      node: fc.record({ name, late: fc.boolean(), children: fc.array(tie('shape'), { maxLength: 6 }) }),
    }))
    const run = ({ name, late, children }: Shape): Promise<void> =>
      capture(name, async () => {
        if (late) await tick()
        for (const child of children) await run(child)
      })
    const expected = ({ name, children }: Shape): unknown =>
      children.length > 0 ? [name, ...children.map(expected)] : name
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { maxLength: 6 }), async shapes => {
        for (const each of shapes) await run(each)
        expect(await trees()).toEqual(shapes.map(expected))
      }),
      { numRuns: 60 },
    )
  })

  it('streams past the threshold and loses none of 1,000 captures', async () => {
    await capture('many', async () => {
      for (let index = 0; index < 1000; index++) {
        capture('one', () => {})
        if (index % 100 === 0) await tick()
      }
    })
    const [many] = assemble(await daemon.documents(), invocation.parent)
    expect(many?.children.map(({ name }) => name)).toEqual(Array.from({ length: 1000 }, () => 'one'))
  })

  it('writes 5,000 levels without overflowing the stack', async () => {
    const down = async (depth: number): Promise<void> => {
      if (depth > 0) await capture('level', () => tick().then(() => down(depth - 1)))
    }
    await down(5000)
    const parents = new Map<string, string>()
    for (const document of await daemon.documents()) {
      let parent = document.parent_id ?? ''
      for (let level: Received | undefined = document; level; level = level.subsegments?.[0]) {
        parents.set(level.id, parent)
        parent = level.id
      }
    }
    const inner = new Set(parents.values())
    let [leaf] = [...parents.keys()].filter(id => !inner.has(id))
    let depth = 0
    for (; leaf !== undefined && leaf !== invocation.parent; leaf = parents.get(leaf)) depth++
    expect(depth).toBe(5000)
  })

  it('sends work that outlives its parent under that parent, as X-Ray merges it', async () => {
    let release = (): void => {}
    let late: Promise<void> | undefined
    capture('handler', () => {
      late = capture(
        'background',
        () =>
          new Promise<void>(resolve => {
            release = resolve
          }),
      )
    })
    const [first] = await daemon.documents()
    expect(first?.subsegments?.[0]).toMatchObject({ name: 'background', in_progress: true })
    release()
    await late
    const [second] = await daemon.documents()
    expect(second).toMatchObject({
      name: 'background',
      parent_id: first?.id,
      id: first?.subsegments?.[0]?.id,
    })
    expect(second?.end_time).toBeGreaterThan(second?.start_time ?? 0)
  })
})

describe('results', () => {
  it('passes values, promises and this through', async () => {
    expect(capture('value', () => 7)).toBe(7)
    expect(await capture('promise', async () => 8)).toBe(8)
    class Model {
      readonly weight = 3
      predict(by: number): number {
        return this.weight * by
      }
    }
    const predict = captured('## predict')(Model.prototype.predict)
    expect(predict.call(new Model(), 2)).toBe(6)
    expect(predict.length).toBe(1)
    expect(predict.name).toBe('predict')
  })

  it('hands the capture to functions that declare it, and to no others', () => {
    const withDefault = (path = 'model.onnx'): string => path
    // As JavaScript may call it; the types refuse it.
    expect(capture('load', withDefault as () => string)).toBe('model.onnx')
    expect(capture('id', one => one.id)).toMatch(/^[0-9a-f]{16}$/)
  })

  it('keeps generators captured while they run, with captures of their steps inside', async () => {
    const tokens = captured('## tokens')(function* (count: number) {
      for (let index = 0; index < count; index++) yield capture('token', () => index)
      return 'end'
    })
    const results: number[] = []
    capture('outside', () => {
      for (const token of tokens(3)) results.push(capture('between', () => token))
    })
    expect(results).toEqual([0, 1, 2])
    expect(await trees()).toEqual([
      ['outside', ['## tokens', 'token', 'token', 'token'], 'between', 'between', 'between'],
    ])
  })

  it('closes the capture of an async generator that is left early', async () => {
    const tokens = captured('## tokens')(async function* () {
      for (let index = 0; ; index++) {
        await tick()
        yield index
      }
    })
    for await (const token of tokens()) if (token === 2) break
    const [document] = await daemon.documents()
    expect(document).toMatchObject({ name: '## tokens' })
    expect(document?.in_progress).toBeUndefined()
  })

  it('marks a generator that throws as a fault', async () => {
    const broken = captured('broken')(function* () {
      yield 1
      throw new RangeError('no more')
    })
    expect(() => [...broken()]).toThrow('no more')
    const [document] = await daemon.documents()
    expect(document).toMatchObject({
      fault: true,
      cause: { exceptions: [{ type: 'RangeError', message: 'no more' }] },
    })
  })
})

describe('what a document says', () => {
  it('is a subsegment of Lambda’s segment', async () => {
    const before = Date.now() / 1000
    capture('## predict', () => {})
    const [document] = await daemon.documents()
    expect(document).toMatchObject({
      type: 'subsegment',
      trace_id: invocation.root,
      parent_id: invocation.parent,
    })
    expect(document?.start_time).toBeGreaterThan(before - 0.01)
    expect(document?.end_time).toBeGreaterThanOrEqual(document?.start_time ?? 0)
    expect(document?.end_time).toBeLessThan(Date.now() / 1000 + 0.01)
  })

  it('has annotations and metadata as they were when they were set', async () => {
    const features = { distance: 100 }
    const cyclic: Record<string, unknown> = {}
    cyclic.self = cyclic
    capture(
      '## predict',
      one => {
        one.annotate('airline', 'AA').annotate('late', true).annotate('probability', 0.25)
        one.annotate('nan', Number.NaN).annotate('object', {} as string)
        one.metadata('features', features).metadata('big', 1n, 'model').metadata('cycle', cyclic)
        annotate('also', 'here')
        currentCapture().metadata('none', undefined)
        features.distance = 200
      },
      { annotations: { cold: false }, metadata: { source: 'test' } },
    )
    const [document] = await daemon.documents()
    expect(document?.annotations).toEqual({
      cold: false,
      airline: 'AA',
      late: true,
      probability: 0.25,
      also: 'here',
    })
    expect(document?.metadata?.default).toMatchObject({
      source: 'test',
      features: { distance: 100 },
      none: 'undefined',
    })
    expect(document?.metadata?.model).toEqual({ big: '1' })
    expect(document?.metadata?.default?.cycle).toMatch(/^not serializable/)
  })

  it('drops characters that X-Ray refuses in names', async () => {
    capture('a?b;c*(d) "ö"\u0000', () => {})
    capture('???', () => {})
    expect((await daemon.documents()).map(({ name }) => name)).toEqual(['abcd ö', 'unnamed'])
  })

  it('stays below the size of a datagram, and says what it left out', async () => {
    capture('large', one => {
      one.annotate('kept', true).metadata('matrix', 'x'.repeat(200_000))
      for (let index = 0; index < 40; index++)
        capture('child', inner => inner.metadata('row', 'ü'.repeat(5000)))
    })
    const received = await daemon.received()
    expect(received.length).toBeGreaterThan(1)
    for (const { bytes } of received) expect(bytes).toBeLessThan(64 * 1024)
    const all = received.map(({ document }) => document)
    const [large] = assemble(all, invocation.parent)
    expect(large?.children).toHaveLength(40)
    const own = all.find(({ name }) => name === 'large')
    expect(own).toMatchObject({ annotations: { kept: true }, metadata: { xray: { truncated: true } } })
  })
})

describe('where nothing is to be recorded', () => {
  it.each([
    ['Sampled=0', `Root=${invocation.root};Parent=${invocation.parent};Sampled=0`],
    ['PassThrough', `Root=${invocation.root};Lineage=a87bd80c:1`],
    ['no header', undefined],
    ['a broken header', 'Root=x'],
  ])('runs the function alone: %s', async (_case, header) => {
    if (header === undefined) delete process.env._X_AMZN_TRACE_ID
    else process.env._X_AMZN_TRACE_ID = header
    expect(await capture('outer', async one => capture('inner', () => one.sampled))).toBe(false)
    expect(await daemon.documents()).toEqual([])
  })

  it('passes a negative decision on, and none where there is none', () => {
    process.env._X_AMZN_TRACE_ID = `Root=${invocation.root};Parent=${invocation.parent};Sampled=0`
    expect(capture('x', one => one.header)).toBe(
      `Root=${invocation.root};Parent=${invocation.parent};Sampled=0`,
    )
    process.env._X_AMZN_TRACE_ID = `Root=${invocation.root}`
    expect(capture('x', one => one.header)).toBeUndefined()
  })

  it('carries Lineage on below a capture', () => {
    expect(capture('x', one => [one.id, one.header])).toEqual([
      expect.any(String),
      expect.stringMatching(
        new RegExp(`^Root=${invocation.root};Parent=[0-9a-f]{16};Sampled=1;Lineage=a87bd80c:1$`),
      ),
    ])
  })
})

describe('segment', () => {
  it('is the root of a trace of its own, outside of Lambda', async () => {
    const id = segment('nightly', one => {
      capture('step', () => {})
      return one.traceId
    })
    const [document] = await daemon.documents()
    expect(document).toMatchObject({ name: 'nightly', trace_id: id, subsegments: [{ name: 'step' }] })
    expect(document?.type).toBeUndefined()
    expect(document?.aws).toMatchObject({ xray: { sdk: 'Sonde for Node.js' } })
  })

  it('is part of the trace that a header names, and takes its decision', async () => {
    segment('worker', () => {}, { header: invocation.header })
    segment('worker', () => {}, { header: invocation.header.replace('Sampled=1', 'Sampled=0') })
    const documents = await daemon.documents()
    expect(documents).toHaveLength(1)
    expect(documents[0]).toMatchObject({ trace_id: invocation.root, parent_id: invocation.parent })
  })
})
