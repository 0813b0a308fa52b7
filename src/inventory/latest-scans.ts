import type { Context } from '../platform/context.ts'
import { latestScansOf, type StoredScan } from './queries.ts'

/** The last scan of each system that was ever scanned, by name. */
export const latestScans = (ctx: Context): Promise<readonly StoredScan[]> => latestScansOf(ctx.db)
