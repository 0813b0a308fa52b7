import { recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { problem } from './problems.ts'
import { type ApiKey, keyById, markRevoked } from './queries.ts'

/** Takes an API key out of service from its next call on; once more changes nothing. Throws `access.no-such-key`. */
export async function revokeApiKey(ctx: Context, { id }: { readonly id: string }): Promise<ApiKey> {
  return inTransaction(ctx, async (tx) => {
    const revoked = await markRevoked(tx.db, id, tx.now())
    if (revoked > 0) await recordEvidence(tx, { kind: 'access.key-revoked', facts: { key: id } })
    const found = await keyById(tx.db, id)
    if (!found) throw problem('access.no-such-key')
    const { tokenHash: _, ...key } = found
    return key
  })
}
