import type { Context } from '../platform/context.ts'
import { type ApiKey, allKeys } from './queries.ts'

/** Every API key there ever was, the oldest first. */
export const listApiKeys = (ctx: Context): Promise<readonly ApiKey[]> => allKeys(ctx.db)
