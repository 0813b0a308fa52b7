import { z } from 'zod'
import { exportMap, inspectSystem, listSystems, mapInvalid, readMapSource } from '../inventory/public.ts'
import type { Context } from '../platform/context.ts'
import { type Route, route } from '../platform/route.ts'
import { checkMap } from './check-map.ts'
import { checkedDocument } from './checked-document.ts'
import { gapRuleNames } from './gap.ts'
import { problem } from './problems.ts'

const count = z.int().nonnegative()
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).readonly()

const checkInput = z.strictObject({
  systems: z.array(z.string().min(1).max(63)).max(1_000).default([]).meta({
    description: 'Names of systems; none: all that are known.',
  }),
  sample: z.int().min(0).max(10_000).default(200).meta({ description: 'Rows to look at per collection.' }),
  minConfidence: z.number().min(0).max(1).default(0.8),
  accepted: z
    .array(z.string().max(1_000))
    .max(100_000)
    .default([])
    .meta({ description: 'Keys of findings that are known and are not to be told again.' }),
})

const checked = z
  .object({
    ok: z.boolean().meta({ description: 'No finding, and every system answered.' }),
    map: z.nullable(z.string()).meta({ description: 'Always null: the map in force.' }),
    systems: listOf(z.object({ name: z.string(), engine: z.string(), collections: count })),
    findings: listOf(
      z.object({
        rule: z.enum(gapRuleNames),
        cites: z.string(),
        system: z.nullable(z.string()),
        collection: z.nullable(z.string()),
        purpose: z.nullable(z.string()),
        field: z.nullable(z.string()),
        fields: listOf(z.string()),
        message: z.string(),
        file: z.nullable(z.string()),
        line: count.meta({ description: 'In `GET /api/map/file`.' }),
        column: count,
        add: z.nullable(z.object({ line: count, inside: z.boolean(), text: z.string() })),
        keys: listOf(z.string()),
      }),
    ),
    accepted: count,
    unreachable: listOf(
      z.object({
        name: z.string(),
        code: z.string(),
        params: z.record(z.string(), z.union([z.string(), z.number()])).readonly(),
        message: z.string(),
      }),
    ),
    notChecked: listOf(z.string()),
  })
  .meta({ id: 'Check' })

/** The same verb as the command `check`. */
export const registerRoutes: readonly Route[] = [
  route({
    id: 'checkMap',
    method: 'POST',
    url: '/api/check',
    scope: 'map:read',
    summary:
      'What the map in force owes to the systems as they are: fields unmapped, or without purpose, basis, retention or a way out',
    description: 'Findings are an answer, not a failure.',
    body: checkInput,
    responses: { 200: checked },
    refusals: [404],
    reads: true,
    handler: async (ctx, { body }) => {
      const source = readMapSource(await exportMap(ctx))
      // What is in force was valid when it was put there; a rule that became stricter since is told as it is.
      if (source.map === null) throw mapInvalid(source.problems)
      const checkup = await checkMap({
        ...body,
        map: source.map,
        source,
        names: await namesToCheck(ctx, body.systems),
        inspect: (name) => inspectSystem(ctx, name, { sample: body.sample }),
        accepted: new Set(body.accepted),
      })
      return checkedDocument(checkup, ctx.language, null)
    },
  }),
]

async function namesToCheck(ctx: Context, wanted: readonly string[]): Promise<readonly string[]> {
  const known = (await listSystems(ctx)).map(({ name }) => name)
  const unknown = wanted.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw problem('register.unknown-system', { system: unknown, known: known.join(', ') })
  return wanted.length > 0 ? wanted : known
}
