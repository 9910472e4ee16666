export interface RasterRequest {
  readonly id: number
  readonly svg: string
}

export interface RasterReply {
  readonly id: number
  /** The picture as a PNG file. */
  readonly png?: Uint8Array
  readonly error?: string
}
