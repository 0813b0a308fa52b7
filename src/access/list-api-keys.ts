import type { Context } from '../platform/context.ts'
import { type ApiKey, allKeys, keyById } from './queries.ts'

/** Every API key there ever was, the oldest first. */
export const listApiKeys = (ctx: Context): Promise<readonly ApiKey[]> => allKeys(ctx.db)

/** When a key was made; undefined for none of ours. */
export const keyMadeAt = async (ctx: Context, id: string): Promise<Date | undefined> =>
  (await keyById(ctx.db, id))?.createdAt
