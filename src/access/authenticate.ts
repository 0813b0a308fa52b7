import type { Actor, Context } from '../platform/context.ts'
import type { Scope } from '../platform/scopes.ts'
import { problem } from './problems.ts'
import { keyById, markUsed } from './queries.ts'
import { isToken, readToken } from './token.ts'

export interface Caller {
  readonly actor: Actor
  readonly scopes: readonly Scope[]
}

const usedEveryMs = 60_000

/**
 * Who sent this `Authorization` header. Throws `access.key-needed`, and `access.key-unknown` for whatever is not a whole,
 * known token; only its holder learns that a key was revoked or has expired.
 */
export async function authenticate(ctx: Context, header: string | undefined): Promise<Caller> {
  if (header === undefined) throw problem('access.key-needed')
  const token = readToken(header)
  if (!token) throw problem('access.key-unknown')
  const key = await keyById(ctx.db, token.id)
  if (!isToken(token, key?.tokenHash) || !key) throw problem('access.key-unknown')
  const now = ctx.now()
  if (key.revokedAt) throw problem('access.key-revoked')
  if (key.expiresAt && key.expiresAt <= now) throw problem('access.key-expired')
  if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() >= usedEveryMs)
    await markUsed(ctx.db, key.id, now)
  return { actor: { kind: 'api-key', id: key.id }, scopes: key.scopes }
}
