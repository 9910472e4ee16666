import { notImplemented } from '@sonde/wire'
import { uuid } from '../../../kernel/ids.ts'
import { checkRevision, qualifiedKey } from '../catalogue.ts'
import { describeAlias, describeFunction } from '../descriptions.ts'
import { conflict, constraintViolation, functionNotFound } from '../errors.ts'
import { functionArn, LATEST, parseWholeFunction } from '../names.ts'
import { toCodeSha256 } from '../package/package-store.ts'
import { checkProvisionable } from '../provisioned/claims.ts'
import type { LambdaOperations, OperationsDependencies } from './dependencies.ts'
import { page } from './page.ts'

const ALIAS_NAME = /^(?![0-9]+$)[a-zA-Z0-9-_]{1,128}$/

/** Published versions and the aliases that point to them. */
export const versionOperations = ({ catalogue }: OperationsDependencies) => {
  const refuseWeights = (
    routing: { AdditionalVersionWeights?: Record<string, number> | undefined } | undefined,
  ): void => {
    if (Object.keys(routing?.AdditionalVersionWeights ?? {}).length > 0) {
      throw notImplemented("Lambda's alias RoutingConfig (weighted versions)")
    }
  }

  return {
    PublishVersion: (input, { scope }) => {
      if (input.PublishTo) throw notImplemented("Lambda's PublishTo")
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      const published = catalogue.publish(
        reference,
        {
          ...(input.Description === undefined ? {} : { description: input.Description }),
          ...(input.CodeSha256 === undefined ? {} : { codeSha256: input.CodeSha256 }),
          ...(input.RevisionId === undefined ? {} : { revisionId: input.RevisionId }),
        },
        toCodeSha256,
      )
      return describeFunction(catalogue, reference.scope, published)
    },

    ListVersionsByFunction: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      const { latest } = catalogue.require(reference)
      const all = [latest, ...catalogue.publishedVersions(reference.scope, reference.name)]
      const { items, next } = page(all, item => item.version, input)
      return {
        Versions: items.map(version =>
          describeFunction(catalogue, reference.scope, version, version.version),
        ),
        ...next,
      }
    },

    CreateAlias: (input, { scope }) => {
      refuseWeights(input.RoutingConfig)
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      const name = input.Name ?? ''
      const version = input.FunctionVersion ?? ''
      if (!ALIAS_NAME.test(name)) {
        throw constraintViolation(
          name,
          'name',
          'Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)',
        )
      }
      catalogue.resolve({ ...reference, qualifier: version })
      if (catalogue.aliases.get(reference.scope, qualifiedKey(reference.name, name))) {
        throw conflict(`Alias already exists: ${functionArn(reference.scope, reference.name, name)}`)
      }
      const alias = {
        functionName: reference.name,
        name,
        version,
        description: input.Description ?? '',
        revisionId: uuid(),
      }
      catalogue.putAlias(reference.scope, alias)
      return describeAlias(reference.scope, alias)
    },

    GetAlias: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      catalogue.require(reference)
      return describeAlias(
        reference.scope,
        catalogue.requireAlias(reference.scope, reference.name, input.Name ?? ''),
      )
    },

    UpdateAlias: (input, { scope }) => {
      refuseWeights(input.RoutingConfig)
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      catalogue.require(reference)
      const present = catalogue.requireAlias(reference.scope, reference.name, input.Name ?? '')
      checkRevision(present.revisionId, input.RevisionId)
      const version = input.FunctionVersion ?? present.version
      if (
        version !== LATEST &&
        !catalogue.versions.get(reference.scope, qualifiedKey(reference.name, version))
      ) {
        throw functionNotFound(functionArn(reference.scope, reference.name, version))
      }
      if (catalogue.provisioned.get(reference.scope, qualifiedKey(reference.name, present.name))) {
        checkProvisionable(catalogue, reference.scope, reference.name, version)
      }
      const alias = {
        ...present,
        version,
        description: input.Description ?? present.description,
        revisionId: uuid(),
      }
      catalogue.putAlias(reference.scope, alias)
      return describeAlias(reference.scope, alias)
    },

    DeleteAlias: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      catalogue.require(reference)
      catalogue.deleteAlias(reference.scope, reference.name, input.Name ?? '')
      return {}
    },

    ListAliases: (input, { scope }) => {
      const reference = parseWholeFunction(scope, input.FunctionName ?? '')
      catalogue.require(reference)
      const all = catalogue.aliases
        .list(reference.scope)
        .filter(
          alias =>
            alias.functionName === reference.name &&
            (input.FunctionVersion === undefined || alias.version === input.FunctionVersion),
        )
      const { items, next } = page(all, alias => alias.name, input)
      return { Aliases: items.map(alias => describeAlias(reference.scope, alias)), ...next }
    },
  } satisfies LambdaOperations
}
