const describe = (error: unknown): object | string =>
  error instanceof Error
    ? {
        name: error.name,
        message: error.message,
        ...(error.cause !== undefined && { cause: describe(error.cause) }),
      }
    : String(error)

/** One line of JSON with the whole chain of causes, for what a client is not told. */
export const logError = (error: unknown): void => {
  // biome-ignore lint/suspicious/noConsole: Lambda stamps console lines with time, request id and level
  console.error(JSON.stringify({ error: describe(error) }))
}
