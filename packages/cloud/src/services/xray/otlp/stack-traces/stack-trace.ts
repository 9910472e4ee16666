import { dotnetTrace } from './dotnet.ts'
import type { StackTrace } from './frame.ts'
import { goTrace } from './go.ts'
import { javaTrace } from './java.ts'
import { javascriptTrace } from './javascript.ts'
import { pythonTrace } from './python.ts'

const NO_TRACE: StackTrace = { frames: [], causes: [] }

/** By `telemetry.sdk.language`. PHP's SDK writes traces as Java does. */
const PARSERS: Readonly<Record<string, (text: string) => StackTrace>> = {
  java: javaTrace,
  php: javaTrace,
  python: pythonTrace,
  javascript: javascriptTrace,
  nodejs: javascriptTrace,
  webjs: javascriptTrace,
  dotnet: dotnetTrace,
  go: goTrace,
}

/** The frames in a stack trace; none for a language whose form is not known. */
export const parseStackTrace = (text: string, language: string): StackTrace =>
  text !== '' && Object.hasOwn(PARSERS, language) ? (PARSERS[language]?.(text) ?? NO_TRACE) : NO_TRACE
