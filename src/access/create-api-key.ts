import { recordEvidence } from '../evidence/public.ts'
import { type Context, inTransaction } from '../platform/context.ts'
import { isScope, scopes as knownScopes, type Scope } from '../platform/scopes.ts'
import { problem } from './problems.ts'
import { type ApiKey, insertKey } from './queries.ts'
import { hashToken, newToken } from './token.ts'

export interface NewApiKey {
  /** Says which program will use the key. */
  readonly name: string
  /** As typed by a person: checked here. */
  readonly scopes: readonly string[]
  /** Absent: until it is revoked. */
  readonly expiresAt?: Date
}

/**
 * Makes an API key. The token is in this answer and nowhere else. Throws `access.bad-name`, `access.no-scope`,
 * `access.unknown-scope`, `access.expiry-past`.
 */
export async function createApiKey(
  ctx: Context,
  input: NewApiKey,
): Promise<ApiKey & { readonly token: string }> {
  const now = ctx.now()
  const name = input.name.trim()
  if (!/^[^\p{Cc}\p{Cf}\p{Cs}]{1,80}$/u.test(name)) throw problem('access.bad-name')
  if (input.expiresAt && !(input.expiresAt > now)) throw problem('access.expiry-past')
  const token = newToken()
  const key: ApiKey = {
    id: token.id,
    name,
    scopes: checkScopes(input.scopes),
    createdAt: now,
    expiresAt: input.expiresAt ?? null,
    revokedAt: null,
    lastUsedAt: null,
  }
  await inTransaction(ctx, async (tx) => {
    await insertKey(tx.db, key, hashToken(token))
    const expiresAt = key.expiresAt?.toISOString() ?? null
    await recordEvidence(tx, {
      kind: 'access.key-created',
      facts: { key: key.id, scopes: key.scopes.join(' '), expiresAt },
    })
  })
  return { ...key, token: token.text }
}

function checkScopes(wanted: readonly string[]): readonly Scope[] {
  if (wanted.length === 0) throw problem('access.no-scope')
  if (!wanted.every(isScope)) throw problem('access.unknown-scope', { known: knownScopes.join(', ') })
  return knownScopes.filter((scope) => wanted.includes(scope))
}
