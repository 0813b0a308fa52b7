import { staleBy } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { openShapes } from './shape-queries.ts'

/**
 * The open erasures whose plan counts on another shape than the systems have now (system → fingerprint): they are refused
 * when approved or carried out, and must be planned again.
 */
export async function stalePlans(
  ctx: Context,
  fingerprints: Readonly<Record<string, string>>,
): Promise<readonly { readonly requestId: string; readonly systems: readonly string[] }[]> {
  const shapes = Map.groupBy(await openShapes(ctx.db), ({ requestId }) => requestId)
  return [...shapes].flatMap(([requestId, rows]) => {
    const made = Object.fromEntries(rows.map(({ system, fingerprint }) => [system, fingerprint]))
    const systems = staleBy(made, fingerprints)
    return systems.length === 0 ? [] : [{ requestId, systems }]
  })
}
