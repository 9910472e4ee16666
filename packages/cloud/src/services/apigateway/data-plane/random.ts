import { randomBase64 } from '../../../kernel/random-hex.ts'

/** 15 base64 characters and a `=`, the form of API Gateway's extended request ids. */
export const extendedRequestId = (): string => randomBase64(11)
