import type { Scope } from '../../../kernel/scope.ts'

const LINE_BREAKS = /[\r\n]+/g

/**
 * One document as a line of the log: account and region, trace id, and the document as it was sent, apart by tabs. What
 * groups documents by trace so need not parse them. A line break can stand only between the tokens of valid JSON, so
 * that a blank does as well.
 */
export const writeLine = ({ account, region }: Scope, traceId: string, text: string): string => {
  const document = text.includes('\n') || text.includes('\r') ? text.replace(LINE_BREAKS, ' ') : text
  return `${account}/${region}\t${traceId.toLowerCase()}\t${document}\n`
}
