import type { Scope } from '../../../kernel/scope.ts'
import type { SegmentDocument } from '../document/read-document.ts'

const LINE_BREAKS = /[\r\n]+/g

/**
 * One document as a line of the log: account, region and the document as it was sent. A line break can stand only
 * between the tokens of valid JSON, so that a blank does as well.
 */
export const writeLine = ({ account, region }: Scope, text: string): string =>
  `${account}/${region}\t${text.includes('\n') || text.includes('\r') ? text.replace(LINE_BREAKS, ' ') : text}\n`

export interface LogLine {
  /** `account/region` */
  readonly scope: string
  readonly document: SegmentDocument
}

/** @param line without its newline */
export const readLine = (line: string): LogLine => {
  const tab = line.indexOf('\t')
  return { scope: line.slice(0, tab), document: JSON.parse(line.slice(tab + 1)) as SegmentDocument }
}

/** The document of a line, as it was sent. */
export const documentText = (line: string): string => line.slice(line.indexOf('\t') + 1)
