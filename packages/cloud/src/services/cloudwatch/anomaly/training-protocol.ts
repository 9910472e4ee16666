import type { FitOptions } from './model/fit.ts'
import type { Model } from './model/model.ts'

/** What the training thread is asked. The arrays' memory goes with the message. */
export interface TrainingRequest {
  readonly id: number
  readonly times: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly options: FitOptions
}

export interface TrainingReply {
  readonly id: number
  /** Absent where the data were too few. */
  readonly model?: Model
  readonly error?: string
}
