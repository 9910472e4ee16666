/** Predictions without gateway, function, table or endpoint: what the served ones must be equal to. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { featureVector } from '../features/features.ts'
import { parseLocalTime } from '../features/local-time.ts'
import { airportKey, routeKey } from '../features/reference.ts'
import { airportFromItem, routeFromItem } from '../features/reference-item.ts'
import { loadModel } from '../model/onnx-model.ts'
import { seededRandom } from '../training/random.ts'
import { readReferenceFile } from '../training/reference-file.ts'

/** The body of `POST /predictions`. */
export interface PredictionBody {
  readonly origin: string
  readonly destination: string
  /** Such as `2001-06-15T17:30`. */
  readonly departure: string
}

export interface DirectModel {
  readonly modelVersion: string
  readonly threshold: number
  /**
   * The probability as the model gives it; served ones are rounded to six decimals.
   *
   * @throws where the request is not valid
   */
  probability(request: PredictionBody): Promise<number>
  /** Valid requests, the same for the same seed: half on routes with a history, half between any two airports. */
  requests(count: number, seed: number): PredictionBody[]
  release(): Promise<void>
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** Reads the checked-in model and reference data. */
export const loadDirectModel = async (): Promise<DirectModel> => {
  const app = dirname(import.meta.dirname)
  const model = await loadModel(join(app, 'model', 'model.onnx'))
  const items = readReferenceFile(await readFile(join(app, 'data', 'reference.jsonl.gz')))
  const itemOf = new Map(items.map(item => [item.pk?.S ?? '', item]))
  const routes = items.filter(item => item.distance).map(routeFromItem)
  const airports = items.filter(item => item.iata).map(airportFromItem)

  return {
    modelVersion: model.modelVersion,
    threshold: model.threshold,
    probability: async ({ origin, destination, departure }) => {
      const time = parseLocalTime(departure)
      const from = itemOf.get(airportKey(origin))
      const to = itemOf.get(airportKey(destination))
      const route = itemOf.get(routeKey(origin, destination))
      if (!time || !from || !to) throw new Error(`No prediction for ${origin}, ${destination}, ${departure}`)
      const features = featureVector(time, {
        origin: airportFromItem(from),
        destination: airportFromItem(to),
        route: route && routeFromItem(route),
      })
      return (await model.run(Float32Array.from(features)))[0] ?? Number.NaN
    },
    requests: (count, seed) => {
      const random = seededRandom(seed)
      const below = (limit: number): number => Math.floor(random() * limit)
      return Array.from({ length: count }, (_, i) => {
        const from = below(airports.length)
        // Never the origin itself.
        const to = (from + 1 + below(airports.length - 1)) % airports.length
        const route = routes[below(routes.length)]
        const known = i % 2 === 0 && route
        const day = `2001-${twoDigits(1 + below(12))}-${twoDigits(1 + below(28))}`
        return {
          origin: (known ? route.origin : airports[from]?.iata) ?? '',
          destination: (known ? route.destination : airports[to]?.iata) ?? '',
          departure: `${day}T${twoDigits(below(24))}:${twoDigits(below(60))}`,
        }
      })
    },
    release: model.release,
  }
}
