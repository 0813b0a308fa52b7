import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import type { Context } from '../platform/context.ts'
import { type Route, route } from '../platform/route.ts'
import { sql } from '../platform/sql.ts'
import type { Shown } from './check.ts'
import { checkInstallation } from './check-installation.ts'

const examined = z
  .object({
    ok: z.boolean().meta({ description: 'Nothing is bad, and every system answered.' }),
    checks: z
      .array(
        z.object({
          name: z.string(),
          state: z.enum(['good', 'warning', 'bad', 'unreachable']),
          finding: z.string(),
          facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Doctor' })

/** The same verb as the command `doctor`, without what only concerns the machine it would run on. */
export const doctorRoutes: readonly Route[] = [
  route({
    id: 'examineInstallation',
    method: 'GET',
    url: '/api/doctor',
    scope: 'systems:read',
    summary: 'How this installation is: database, keys, evidence, age of its backup, systems within reach',
    responses: { 200: examined },
    handler: async (ctx) => {
      const isEmbedded = await comesWithIt(ctx)
      const checks = await checkInstallation(ctx, { isEmbedded, shown: belowData(ctx) })
      return { ok: checks.every(({ state }) => state === 'good' || state === 'warning'), checks }
    },
  }),
]

/** Whether our database is the one that came with us: it answers on the port that is noted beside it. */
async function comesWithIt({ db, paths }: Context): Promise<boolean> {
  const noted = await readFile(join(paths.data, 'postgres.port'), 'utf8').catch(() => '')
  const row = await db.row<{ port: number | null }>(sql`select pg_catalog.inet_server_port() as port`)
  return row?.port === Number(noted)
}

/** Paths of this machine stay on it: what lies below the data directory is told from there, the rest not at all. */
const belowData =
  ({ paths }: Context): Shown =>
  (path) => {
    const inside = relative(paths.data, path)
    return inside === '' || inside.startsWith('..') ? '…' : inside
  }
