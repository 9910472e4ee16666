import type { CloudService } from '../../kernel/service.ts'
import { stsOperations } from './operations.ts'
import type { RoleSessions } from './sessions.ts'

/** STS: who a caller is, and temporary credentials. It keeps nothing itself: sessions are the identities'. */
export const createSts = ({ identities }: { readonly identities: RoleSessions }): CloudService => ({
  id: 'sts',
  apis: [{ api: 'sts', operations: stsOperations(identities) }],
})
