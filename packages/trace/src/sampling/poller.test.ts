import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { reloadSettings } from '../core/settings.ts'
import { startServer } from '../testing/http-server.ts'
import { CentralSampler } from './central.ts'
import { fetchRules, fetchTargets } from './poller.ts'
import type { Sampler } from './sampler.ts'

const fallback: Sampler = { sample: () => ({ sampled: false, rule: 'fallback' }) }
let answers: Record<string, unknown[]>
let bodies: { path: string; body: unknown }[]
let daemon: Awaited<ReturnType<typeof startServer>>

beforeEach(async () => {
  bodies = []
  daemon = await startServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      const path = request.url ?? ''
      bodies.push({ path, body: JSON.parse(text) })
      const answer = answers[path]?.shift()
      response.statusCode = answer === undefined ? 500 : 200
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { message: 'no' }))
    })
  })
  process.env.AWS_XRAY_DAEMON_ADDRESS = `tcp:127.0.0.1:${daemon.port} udp:127.0.0.1:1`
  reloadSettings()
})
afterEach(async () => {
  delete process.env.AWS_XRAY_DAEMON_ADDRESS
  reloadSettings()
  await daemon.stop()
})

const record = (RuleName: string, FixedRate: number) => ({
  SamplingRule: { RuleName, FixedRate, Priority: 1, ReservoirSize: 0, Version: 1, ResourceARN: '*' },
})

describe('the poller', () => {
  it('fetches all pages of rules, reports, and fetches again when rules have changed', async () => {
    answers = {
      '/GetSamplingRules': [
        { SamplingRuleRecords: [record('a', 1)], NextToken: 'more' },
        { SamplingRuleRecords: [record('b', 1)] },
        { SamplingRuleRecords: [record('a', 0)] },
      ],
      '/SamplingTargets': [{ SamplingTargetDocuments: [], LastRuleModification: Date.now() / 1000 + 1 }],
    }
    const sampler = new CentralSampler(fallback, () => '0123456789abcdef01234567')
    await fetchRules(sampler)
    expect(bodies.map(({ body }) => body)).toEqual([{}, { NextToken: 'more' }])
    expect(sampler.sample({})).toEqual({ sampled: true, rule: 'a' })
    await fetchTargets(sampler)
    expect(bodies[2]).toMatchObject({
      path: '/SamplingTargets',
      body: { SamplingStatisticsDocuments: [{ RuleName: 'a', RequestCount: 1 }] },
    })
    expect(sampler.sample({})).toEqual({ sampled: false, rule: 'a' })
  })

  it.each([
    ['an error', undefined],
    ['no JSON', 'nothing'],
  ])('fails on %s and leaves the fallback in place', async (_kind, answer) => {
    answers = { '/GetSamplingRules': answer === undefined ? [] : [answer] }
    const sampler = new CentralSampler(fallback, () => 'c')
    await expect(fetchRules(sampler)).rejects.toThrow()
    expect(sampler.sample({}).rule).toBe('fallback')
  })

  it('survives records of another form', async () => {
    answers = {
      '/GetSamplingRules': [
        { SamplingRuleRecords: [null, 1, {}, { SamplingRule: null }, { SamplingRule: { RuleName: 'x' } }] },
      ],
    }
    const sampler = new CentralSampler(fallback, () => 'c')
    await fetchRules(sampler)
    expect(sampler.sample({}).rule).toBe('fallback')
  })
})
