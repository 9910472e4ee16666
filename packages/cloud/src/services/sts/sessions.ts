import type { Authorizer, Credentials, Identities, Identity } from '../../kernel/ports.ts'

/** The identities as STS needs them: sessions of a chosen length. */
export interface RoleSessions extends Identities, Pick<Authorizer, 'allows'> {
  issue(roleArn: string, sessionName: string, durationSeconds?: number): Credentials
  /** Temporary credentials of the same identity. */
  issueFor(identity: Identity, durationSeconds: number): Credentials
  sessionIdentity(roleArn: string, sessionName: string): Identity
  /** Who may assume the role, as the JSON text of its policy; `undefined` where the role does not exist. */
  trustPolicy(roleArn: string): string | undefined
  /** Seconds; `undefined` where the role does not exist. */
  maxSessionDuration(roleArn: string): number | undefined
}
