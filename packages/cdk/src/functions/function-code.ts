import type { Code } from 'aws-cdk-lib/aws-lambda'
import type { IConstruct } from 'constructs'
import { bundledCode } from './bundled-code.ts'
import { inlineCode } from './inline-code.ts'

/** A key of the app's context: true puts the code of the watch's functions into the template instead of an asset. */
export const INLINE_FUNCTIONS = '@sonde/cdk:inlineFunctions'

/** The code of a function of the watch, as the app wants it. */
export const functionCode = (scope: IConstruct, entry: string): Code =>
  scope.node.tryGetContext(INLINE_FUNCTIONS) === true ? inlineCode(entry) : bundledCode(entry)
