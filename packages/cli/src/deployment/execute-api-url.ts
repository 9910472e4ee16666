/** `https://{apiId}.execute-api.{region}.amazonaws.com/{stage}/…`, as templates compose it. */
const EXECUTE_API = /https:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(\/[^\s"']*)?/g

/** Rewrites the execute-api URLs in a stack output so that they work on this machine. */
export const localUrl = (text: string, endpoint: string): string =>
  text.replace(
    EXECUTE_API,
    (_url, apiId: string, path = '/') => `${endpoint}/_aws/execute-api/${apiId}${path}`,
  )
