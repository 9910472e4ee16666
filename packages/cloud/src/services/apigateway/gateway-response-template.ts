import { notImplemented } from '@sonde/wire'
import { badRequest } from './errors.ts'
import { compileSubstitution, type Substitution, usesVelocity, withoutVariables } from './substitution.ts'

/**
 * Compiles the body template of a gateway response: `$context` and `$stageVariables` are replaced, and that is all
 * that AWS does to it.
 *
 * @throws ServiceError 501 for any other reference or directive
 */
export const compileResponseTemplate = (template: string): Substitution => {
  if (usesVelocity(withoutVariables(template))) {
    throw notImplemented('A gateway response template with more than $context and $stageVariables')
  }
  return compileSubstitution(template, '', name => {
    throw notImplemented(`$context.${name} in a gateway response template`)
  })
}

/** Where a response header of a gateway response comes from. */
export type HeaderSource =
  | { readonly from: 'literal'; readonly value: string }
  | { readonly from: 'header' | 'querystring' | 'path'; readonly name: string }
  | { readonly from: 'context'; readonly value: Substitution }

/** @throws ServiceError `BadRequestException` for what is no mapping expression */
export const parseHeaderSource = (expression: string): HeaderSource => {
  const literal = /^'([^']*)'$/.exec(expression)?.[1]
  if (literal !== undefined) return { from: 'literal', value: literal }
  const request = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(expression)
  if (request) return { from: request[1] as 'header' | 'querystring' | 'path', name: request[2] ?? '' }
  if (/^(context|stageVariables)\.[A-Za-z0-9_.]+$/.test(expression)) {
    return { from: 'context', value: compileResponseTemplate(`$${expression}`) }
  }
  throw badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${expression}]`,
  )
}

const HEADER = /^gatewayresponse\.header\.([A-Za-z0-9!#$%&'*+.^_`|~-]+)$/

/** The header that a response parameter sets. @throws ServiceError `BadRequestException` */
export const responseHeaderOf = (parameter: string): string => {
  const name = HEADER.exec(parameter)?.[1]
  if (name !== undefined) return name
  throw badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: ${parameter}]`,
  )
}
