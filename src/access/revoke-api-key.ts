import { recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { problem } from './problems.ts'
import { type ApiKey, keyById, markRevoked } from './queries.ts'
import { isKeyId } from './token.ts'

/** Takes an API key out of service from its next call on; once more changes nothing. Throws `access.no-such-key`. */
export async function revokeApiKey(ctx: Context, { id }: { readonly id: string }): Promise<ApiKey> {
  // What is no id may be anything somebody typed: it reaches neither the evidence nor the database's own log.
  if (!isKeyId(id)) throw problem('access.no-such-key')
  return inTransaction(ctx, async (tx) => {
    const revoked = await markRevoked(tx.db, id, tx.now())
    if (revoked > 0) await recordEvidence(tx, { kind: 'access.key-revoked', facts: { key: id } })
    const found = await keyById(tx.db, id)
    if (!found) throw problem('access.no-such-key')
    const { tokenHash: _, ...key } = found
    return key
  })
}
