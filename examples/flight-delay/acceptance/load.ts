import type { PredictionBody } from '../evaluate/direct.ts'
import type { PredictionAnswer } from '../function/postprocess.ts'

export interface Answer {
  readonly request: PredictionBody
  /** 0 where the connection broke. */
  readonly status: number
  readonly body: PredictionAnswer & { readonly message?: string }
  /** ms since the load began. */
  readonly sent: number
  readonly received: number
}

export const predict = async (
  url: string,
  request: PredictionBody,
): Promise<Omit<Answer, 'sent' | 'received'>> => {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(request),
    headers: { 'content-type': 'application/json' },
  })
  return { request, status: response.status, body: (await response.json()) as Answer['body'] }
}

/** Sends each request at its own time, `rate` a second, whatever became of those before it. */
export const openLoad = async (
  url: string,
  requests: readonly PredictionBody[],
  rate: number,
): Promise<Answer[]> => {
  const start = performance.now()
  return Promise.all(
    requests.map(async (request, index): Promise<Answer> => {
      await new Promise(resolve => setTimeout(resolve, (index * 1_000) / rate))
      const sent = performance.now() - start
      const answer = await predict(url, request)
      return { ...answer, sent, received: performance.now() - start }
    }),
  )
}
