import { z } from 'zod'
import { restoreState } from '../evidence/public.ts'
import type { Context } from '../platform/context.ts'
import { type Route, route } from '../platform/route.ts'

const schema = z
  .object({
    status: z.enum(['ok', 'attention']).meta({
      description: '`attention`: it runs, but its evidence log and database disagree; see `dossier doctor`.',
    }),
    version: z.string(),
    database: z.literal('ok'),
    evidence: z.object({
      entries: z.int().meta({ description: 'Entries in the log.' }),
      state: z.enum(['current', 'behind', 'unswept', 'missing', 'forked', 'unreadable']),
    }),
  })
  .meta({ id: 'Health' })

export type Health = z.output<typeof schema>

/** How the installation is; throws what the database throws when it cannot be asked. */
export async function readHealth(ctx: Context, version: string): Promise<Health> {
  const { state, database } = await restoreState(ctx)
  const status = state === 'current' ? 'ok' : 'attention'
  return { status, version, database: 'ok', evidence: { entries: database, state } }
}

export const healthRoute = (version: string): Route =>
  route({
    id: 'readHealth',
    method: 'GET',
    url: '/api/health',
    scope: 'public',
    summary: 'Whether this installation is well',
    responses: { 200: schema },
    refusals: [503],
    handler: (ctx) => readHealth(ctx, version),
  })
