/** The function that both contenders run, as CommonJS. */
export const ECHO_HANDLER = 'exports.handler = async event => ({ statusCode: 200, body: event.body })\n'
