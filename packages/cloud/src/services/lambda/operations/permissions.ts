import { notImplemented } from '@sonde/wire'
import { uuid } from '../../../kernel/ids.ts'
import { checkRevision } from '../catalogue.ts'
import { conflict, constraintViolation, invalidParameter, notFound, policyTooLong } from '../errors.ts'
import { MAXIMUM_POLICY_BYTES } from '../limits.ts'
import { functionArn, LATEST, parseFunctionName } from '../names.ts'
import { toPolicyDocument, toStatement } from '../policy.ts'
import type { LambdaOperations, OperationsDependencies } from './dependencies.ts'

const ACTION = /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/
const STATEMENT_ID = /^[a-zA-Z0-9-_]{1,100}$/

/** A function's resource policy. */
export const permissionOperations = ({ catalogue }: OperationsDependencies) =>
  ({
    AddPermission: (input, { scope }) => {
      if (input.EventSourceToken) throw notImplemented("AddPermission's EventSourceToken")
      if (input.FunctionUrlAuthType) throw notImplemented("AddPermission's FunctionUrlAuthType")
      if (input.InvokedViaFunctionUrl) throw notImplemented("AddPermission's InvokedViaFunctionUrl")
      if (input.PrincipalOrgID) throw notImplemented("AddPermission's PrincipalOrgID")
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      const statementId = input.StatementId ?? ''
      const action = input.Action ?? ''
      if (!STATEMENT_ID.test(statementId)) {
        throw constraintViolation(
          statementId,
          'statementId',
          'Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)',
        )
      }
      if (!ACTION.test(action)) {
        throw constraintViolation(
          action,
          'action',
          'Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])',
        )
      }
      if (reference.qualifier === LATEST) {
        throw invalidParameter('We currently do not support adding policies for $LATEST.')
      }
      catalogue.resolve(reference)
      const present = catalogue.policy(reference.scope, reference.name, reference.qualifier)
      if (input.RevisionId !== undefined) checkRevision(present?.revisionId ?? '', input.RevisionId)
      const statements = present?.statements ?? []
      if (statements.some(statement => statement.Sid === statementId)) {
        throw conflict(
          `The statement id (${statementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        )
      }
      const statement = toStatement({
        statementId,
        action,
        principal: input.Principal ?? '',
        resource: functionArn(reference.scope, reference.name, reference.qualifier),
        sourceArn: input.SourceArn,
        sourceAccount: input.SourceAccount,
      })
      const all = [...statements, statement]
      if (Buffer.byteLength(toPolicyDocument(all)) > MAXIMUM_POLICY_BYTES)
        throw policyTooLong(MAXIMUM_POLICY_BYTES)
      catalogue.putPolicy(reference.scope, reference.name, reference.qualifier, {
        statements: all,
        revisionId: uuid(),
      })
      return { Statement: JSON.stringify(statement) }
    },

    RemovePermission: (input, { scope }) => {
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      catalogue.resolve(reference)
      const present = catalogue.policy(reference.scope, reference.name, reference.qualifier)
      if (!present) throw notFound('No policy is associated with the given resource.')
      const statements = present.statements.filter(statement => statement.Sid !== input.StatementId)
      if (statements.length === present.statements.length) {
        throw notFound(`Statement ${input.StatementId} is not found in resource policy.`)
      }
      checkRevision(present.revisionId, input.RevisionId)
      catalogue.putPolicy(reference.scope, reference.name, reference.qualifier, {
        statements,
        revisionId: uuid(),
      })
      return {}
    },

    GetPolicy: (input, { scope }) => {
      const reference = parseFunctionName(scope, input.FunctionName ?? '', input.Qualifier)
      catalogue.resolve(reference)
      const policy = catalogue.policy(reference.scope, reference.name, reference.qualifier)
      if (!policy) throw notFound('The resource you requested does not exist.')
      return { Policy: toPolicyDocument(policy.statements), RevisionId: policy.revisionId }
    },
  }) satisfies LambdaOperations
