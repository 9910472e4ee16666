/** What a target's input may say of its invocation. */
export interface InvocationContext {
  readonly scheduleArn: string
  /** ISO 8601 to the second. */
  readonly scheduledTime: string
  readonly executionId: string
}

const ATTEMPT = '<aws.scheduler.attempt-number>'

/**
 * Fills in the context attributes but that of the attempt.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export const fillContext = (input: string, context: InvocationContext): string =>
  input
    .replaceAll('<aws.scheduler.schedule-arn>', context.scheduleArn)
    .replaceAll('<aws.scheduler.scheduled-time>', context.scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', context.executionId)

/** Fills in the number of the attempt, from 1. */
export const fillAttempt = (input: string, attempt: number): string =>
  input.replaceAll(ATTEMPT, String(attempt))
