import { z } from 'zod'
import { instant } from '../platform/route.ts'
import { categories, identifierKinds } from './data-map.ts'
import { mapSchema } from './map-file/schema.ts'

/** Shapes of the inventory over HTTP. Addresses that come in hold secrets; those that go out never do. */

const name = z.string().min(1).max(63)
const address = z.string().min(1).max(2_000)
const count = z.int().min(0)
const params = z.record(z.string(), z.union([z.string(), z.number()]))

const load = z
  .int()
  .min(1)
  .max(100)
  .meta({ description: 'How much of the time reading may keep it at work, in percent; usually 80.' })

export const systemName = z.strictObject({ name })

export const newSystem = z.strictObject({
  name,
  url: address.meta({
    description:
      '`postgres://…`, `sqlite:/absolute/path`, `files:/absolute/directory`. A relative path starts at the data directory.',
  }),
  eraseUrl: address.exactOptional().meta({ description: 'Used for erasing in place of `url`.' }),
  controller: z.string().min(1).max(200).exactOptional(),
  load: load.exactOptional(),
  force: z.boolean().exactOptional().meta({ description: 'Store it although it does not answer.' }),
  replace: z.boolean().exactOptional().meta({ description: 'Give a known system a new address.' }),
})

const system = {
  id: z.uuid(),
  name,
  scheme: z.string(),
  url: z.string().meta({ description: 'Without user or password.' }),
  eraseUrl: z.string().nullable(),
  controller: z.string().nullable(),
  load,
  addedAt: instant,
}

export const addedSystem = z.object({ system: z.object({ ...system, engine: z.string().nullable() }) })

export const systemList = z.object({
  systems: z.array(z.object({ ...system, scannedAt: instant.nullable(), mapped: z.boolean() })),
})

export const removal = z.strictObject({ force: z.stringbool().default(false) })
export const removedSystem = z.object({ removed: z.object({ name, mapVersion: count.nullable() }) })

/** A Problem inside an answer. */
const noted = z.object({ code: z.string(), detail: z.string(), params })

const use = z.object({
  reachable: z.boolean(),
  engine: z.string().nullable(),
  latencyMs: count.nullable(),
  collections: count.nullable(),
  refused: z.array(z.string()).meta({ description: 'Collections this use has no right to.' }),
  problem: noted.nullable(),
})

export const systemReport = z.object({
  name,
  url: z.string(),
  ok: z.boolean().meta({ description: 'Both uses answer, reach all that is mapped, and see one shape.' }),
  read: use,
  erase: use.extend({ ownCredentials: z.boolean() }),
  lacking: z
    .array(z.string())
    .meta({ description: 'Mapped collections that one of both uses cannot reach.' }),
  sameShape: z.boolean(),
})

export const scanInput = z.strictObject({
  names: z.array(name).max(1_000).exactOptional(),
  sample: z.int().min(1).max(10_000).exactOptional(),
})

const scannedField = z.object({
  name: z.string(),
  type: z.string(),
  category: z.enum(categories),
  identifier: z.enum(identifierKinds).nullable(),
  special: z.boolean(),
  confidence: z.number().min(0).max(1),
  reason: z.string(),
  mentions: z.partialRecord(z.enum(categories), z.int().positive()).exactOptional(),
})

const scannedLink = z.object({
  from: z.string(),
  to: z.string(),
  fields: z.record(z.string(), z.string()),
  source: z.enum(['foreign-key', 'name', 'values']),
  confidence: z.number().min(0).max(1),
  reason: z.string().nullable(),
})

const drift = z.array(
  z.object({
    system: z.string(),
    collection: z.string(),
    field: z.string().nullable(),
    change: z.enum(['new', 'changed', 'gone']),
    since: z.enum(['last-scan', 'map']),
    what: z.enum([
      'collection',
      'field',
      'type',
      'nullable',
      'generated',
      'key',
      'unique',
      'foreign-key',
      'category',
      'readable',
    ]),
    before: z.string().nullable(),
    after: z.string().nullable(),
    personal: z.boolean(),
    special: z.boolean(),
  }),
)

export const latestDrift = z.object({ drift })

export const scanResult = z.object({
  systems: z.array(
    z.object({
      name,
      engine: z.string(),
      scannedAt: instant,
      collections: z.array(
        z.object({
          name: z.string(),
          rows: count,
          fields: z.array(scannedField),
          links: z.array(scannedLink),
          unreached: z
            .boolean()
            .meta({ description: 'It holds personal data, and nothing leads from a person to its rows.' }),
          unreadable: z.string().nullable(),
        }),
      ),
    }),
  ),
  unreachable: z.array(noted.extend({ name })),
  drift,
})

const version = { version: count, sha256: z.string() }
const counts = z.object({ systems: count, collections: count, fields: count, rules: count })

export const shownMap = z.object({
  ...version,
  origin: z.enum(['accepted', 'imported', 'system-removed']),
  at: instant,
  counts,
  map: mapSchema,
})

export const acceptInput = z.strictObject({
  minConfidence: z.number().min(0).max(1).exactOptional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .exactOptional(),
  dropGone: z.boolean().exactOptional(),
})

const mapNote = z.object({
  system: z.string().exactOptional(),
  collection: z.string().exactOptional(),
  field: z.string().exactOptional(),
  code: z.string(),
  detail: z.string(),
  params,
})

export const acceptedMap = z.object({
  ...version,
  changed: z.boolean(),
  counts,
  added: z.object({ systems: count, collections: count, fields: count }),
  notes: z.array(mapNote),
})

/** Room for the largest file a reader takes, as JSON text. */
export const importBytes = 12_582_912
export const importInput = z.strictObject({
  yaml: z.string().meta({ description: 'A data map, or datasets of Fides.' }),
  system: name.exactOptional().meta({ description: 'For a Fides dataset: the system it is about.' }),
})

const finding = z.object({
  line: z.int().min(1),
  column: z.int().min(1),
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  detail: z.string(),
  params,
})

export const importedMap = z.object({
  imported: z.boolean().meta({ description: 'False when the file has errors: then nothing was stored.' }),
  version: count.nullable(),
  sha256: z.string().nullable(),
  changed: z.boolean(),
  problems: z.array(finding),
})

export const mapCoverage = z.object({
  version: count,
  fields: z.array(
    z.object({
      system: z.string(),
      collection: z.string(),
      field: z.string(),
      category: z.enum(categories).nullable(),
      special: z.boolean(),
      exported: z.boolean(),
      erased: z.enum(['delete-row', 'null', 'replace', 'redact', 'keep', 'never']),
      kept: z.array(z.object({ rule: z.string(), article: z.string() })),
      via: z.enum(['identifier', 'link', 'unreached']),
    }),
  ),
  unscanned: z.array(z.string()),
})
