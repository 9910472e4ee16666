import { Duration } from 'aws-cdk-lib/core'
import type { ServiceLevelAgreement } from '../sla/service-level-agreement.ts'
import { AVAILABILITIES } from './alarm-parameters.ts'
import type { Section, Template } from './value.ts'
import { mergeVariants, type Resolve, type Varying } from './variants.ts'

/** What a template is made for, in numbers that constructs compute with. */
export interface Agreed {
  readonly sla: ServiceLevelAgreement
  /** vCPUs of an instance of the endpoint. */
  readonly cores: number
  /** Invocations that may run at the same time. */
  readonly concurrency: number
}

const sla = (availability: string, latency: number): ServiceLevelAgreement => ({
  availability: Number(availability),
  latency: { p90: Duration.millis(latency) },
})

/** Numbers that appear nowhere else in a template, so that what they make differ is known to be theirs. */
const LATENCY = { usual: 200, other: 211 }
const CORES = { usual: 2, other: 13 }
const CONCURRENCY = { usual: 1_000, other: 1_033 }
const USUAL = '99.95'

export const DEFAULTS: Agreed = {
  sla: sla(USUAL, LATENCY.usual),
  cores: CORES.usual,
  concurrency: CONCURRENCY.usual,
}

/** What the numbers that follow from the availability mean, by what they are at 99.95 %. */
const NAMES: Readonly<Record<string, string>> = {
  '0.0072': 'FastThreshold',
  '0.003': 'MediumThreshold',
  '0.0015': 'SlowThreshold',
  '0.0005': 'Budget',
  '0.72': 'FastPercent',
  '0.3': 'MediumPercent',
  '0.15': 'SlowPercent',
  '0.05': 'BudgetPercent',
  '21.6': 'BudgetMinutes',
  '23': 'SilenceShare',
  '14': 'FailingShare',
}

const MAPPING = 'Agreements'

const parameterOf = (name: string): Varying => ({ name, value: { Ref: name } })

/** Inputs that are put as they are, and that nothing may be computed of. */
const asTheyAre: Resolve = ([usual = '', other], path) => {
  const change = `${usual} ${other}`
  if (change === `${LATENCY.usual} ${LATENCY.other}`) return parameterOf('LatencyBound')
  if (change === `${CORES.usual} ${CORES.other}`) return parameterOf('EndpointCores')
  if (change === `${CONCURRENCY.usual} ${CONCURRENCY.other}`) return parameterOf('FunctionConcurrency')
  throw new Error(`${path}: ${usual} follows from a parameter, and CloudFormation cannot compute it`)
}

/**
 * One template for all agreements: latency and cores as parameters, availability as a parameter with a mapping of what follows
 * from it.
 */
export const ofEveryAgreement = (build: (agreed: Agreed) => Template): Template => {
  const found = new Map<string, readonly string[]>()
  const fromAvailability: Resolve = (texts, path) => {
    const usual = texts[AVAILABILITIES.indexOf(USUAL)] ?? ''
    if (texts.every((text, index) => text === AVAILABILITIES[index])) return parameterOf('AvailabilityTarget')
    const name = NAMES[usual]
    if (name === undefined) throw new Error(`${path}: ${usual} follows from the availability and has no name`)
    const known = found.get(name) ?? texts
    if (known.join() !== texts.join()) throw new Error(`${path}: ${name} is ${known} and ${texts}`)
    found.set(name, texts)
    const value = { 'Fn::FindInMap': [MAPPING, { Ref: 'AvailabilityTarget' }, name] }
    return { name, value, variable: value }
  }
  const perAvailability = (which: 'usual' | 'other'): Template =>
    mergeVariants(
      AVAILABILITIES.map(availability =>
        build({
          sla: sla(availability, LATENCY[which]),
          cores: CORES[which],
          concurrency: CONCURRENCY[which],
        }),
      ),
      fromAvailability,
    ) as Template
  const template = mergeVariants([perAvailability('usual'), perAvailability('other')], asTheyAre) as Template
  const mapping: Record<string, Section> = Object.fromEntries(
    AVAILABILITIES.map((availability, index) => [
      availability,
      Object.fromEntries([...found].map(([name, texts]) => [name, texts[index] ?? ''])),
    ]),
  )
  const { Description = '', Metadata = {}, Parameters = {}, ...rest } = template
  return { Description, Metadata, Parameters, Mappings: { [MAPPING]: mapping }, ...rest } as Template
}
