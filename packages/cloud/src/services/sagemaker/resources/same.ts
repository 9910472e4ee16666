import { isDeepStrictEqual } from 'node:util'

type Properties = Readonly<Record<string, unknown>>

/** Whether two sets of properties are equal but for the one of that name. */
export const sameBut = (name: string, properties: Properties, previous: Properties): boolean =>
  isDeepStrictEqual({ ...properties, [name]: undefined }, { ...previous, [name]: undefined })
