/** A handler to synthesize with. */
export const handler = async (): Promise<object> => ({ statusCode: 200 })
