/** What {@link within} resolves to when time is up. */
export const TIMED_OUT: unique symbol = Symbol('timed out')

/**
 * What `promise` comes to, or {@link TIMED_OUT} after `milliseconds` of real time. The promise is left to itself then.
 */
export const within = <T>(promise: Promise<T>, milliseconds: number): Promise<T | typeof TIMED_OUT> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds, TIMED_OUT)
    promise.then(
      value => {
        clearTimeout(timer)
        resolve(value)
      },
      error => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
