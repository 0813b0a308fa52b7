import { z } from 'zod'
import { art9Conditions, bases, categories, type DataMap, grounds, identifierKinds } from '../data-map.ts'

/**
 * The data map as a person writes it. One source for three readers: `readMapFile` checks with it, editors complete with
 * the JSON Schema made from it, and docs/data-map.md is tested against it. Messages are names of findings.
 */

const text = () => z.string().regex(/\S/, 'map-blank')
const record = <Value extends z.ZodType>(value: Value) => z.record(text(), value)

const erase = z
  .union([z.enum(['clear', 'keep', 'redact']), z.strictObject({ replace: z.string() })])
  .describe(
    'What erasing does to this field where its row stays: clear (empty it, or write a filler where the system refuses an empty value), redact (take the person out of the text), keep, or {replace: "…"}. Without it: clear; keep for keys, links, amounts and what is not personal.',
  )

const field = z
  .strictObject({
    category: z.enum(categories).describe('What kind of data this is; none for what is not personal.'),
    identifier: z
      .enum(identifierKinds)
      .describe('This field finds people; how its values are normalised before they are compared.')
      .exactOptional(),
    unique: z
      .boolean()
      .describe(
        'Whether one value is one person. Only then may it lead on to other rows and systems. Without it: true, but false for a phone.',
      )
      .exactOptional(),
    erase: erase.exactOptional(),
    purposes: z
      .array(text())
      .describe('Names of purposes below, where they differ from those of the collection.')
      .exactOptional(),
    export: z.boolean().describe('false: left out of an access copy; say why.').exactOptional(),
    why: text().describe('Why this field is left out of an access copy.').exactOptional(),
  })
  .describe('What a field holds.')

const link = z
  .strictObject({
    to: text().describe('The collection the rows belong to: one of this system, or system/collection.'),
    on: record(text())
      .refine((pairs) => Object.keys(pairs).length > 0, 'map-nothing-on')
      .describe('Field of this collection: field of the other. All pairs must be equal.'),
    role: z
      .enum(['owner', 'party', 'none'])
      .describe(
        'owner: the row is that person’s. party: it only mentions them. none: never followed; say why.',
      ),
    clears: z
      .array(text())
      .describe('For a party: the fields of this row that are theirs and go when they go.')
      .exactOptional(),
    why: text().describe('Why the link is not followed.').exactOptional(),
  })
  .describe('How rows of this collection reach a person.')

const keep = z
  .strictObject({
    rule: text().describe('The name of a rule below.'),
    from: text().describe('The date field a rule with years counts from.').exactOptional(),
    fields: z.array(text()).describe('What the row keeps. Everything else personal in it goes.'),
    also: record(z.array(text()))
      .describe('Fields of the rows this one hangs on that stay as long, per collection.')
      .exactOptional(),
  })
  .describe('A ground to keep rows of this collection for a while.')

const collection = z
  .strictObject({
    rows: z
      .enum(['delete', 'clear', 'keep'])
      .describe(
        'What erasing the owner does to a row: delete it, clear its personal fields, or keep it as it is.',
      ),
    purposes: z.array(text()).describe('Names of purposes below.').exactOptional(),
    fields: record(field).describe('Field name: what it holds.').default({}),
    links: z.array(link).exactOptional(),
    keep: z.array(keep).exactOptional(),
  })
  .describe('A table or file.')

const system = z
  .strictObject({
    controller: text().describe('Who decides over this data (GDPR 4(7)).').exactOptional(),
    collections: record(collection).describe('Collection name: its map.'),
  })
  .describe('A place that holds personal data.')

const rule = z
  .strictObject({
    ground: z.enum(grounds).describe('Which exception of GDPR 17(3) the rule rests on.'),
    article: text().describe('The law, as it is shown to the person.'),
    years: z
      .int('map-not-number')
      .min(1, 'map-out-of-range')
      .max(200, 'map-out-of-range')
      .describe('Whole years from the row’s date.')
      .exactOptional(),
    roundTo: z
      .enum(['exact', 'end-of-year'])
      .describe('end-of-year: the years count from 31 December of the row’s year. Without it: exact.')
      .exactOptional(),
    while: text()
      .describe(
        'Kept as long as this holds for the row, e.g. "paid_at is null". With years: as long as both say so.',
      )
      .exactOptional(),
    source: text().describe('Where the figure comes from, and whether a lawyer has read it.').exactOptional(),
  })
  .describe('Why and for how long something is kept; years, while, or both.')

const term = () =>
  z.int('map-not-number').min(1, 'map-term-out-of-range').max(36_500, 'map-term-out-of-range')

const retention = z
  .strictObject({
    years: term().describe('A term in years.').exactOptional(),
    months: term().describe('A term in months.').exactOptional(),
    days: term().describe('A term in days.').exactOptional(),
    from: text().describe('The event the term runs from, in words, e.g. "last order".').exactOptional(),
    until: text().describe('The event that ends it, in place of a term.').exactOptional(),
  })
  .describe('How long this purpose needs its data: years, months or days with from; or until.')

const purpose = z
  .strictObject({
    basis: z.enum(bases).describe('The one legal basis, GDPR 6(1).'),
    article: text().describe('The article, as it is shown to the person.').exactOptional(),
    art9: z
      .enum(art9Conditions)
      .describe('For special categories: the point of GDPR 9(2) that allows them, a to j.')
      .exactOptional(),
    art10: text().describe('For data on offences: the law that allows it (GDPR 10).').exactOptional(),
    retention: retention.exactOptional(),
    description: text().describe('The purpose in a sentence, as it is told to the person.').exactOptional(),
  })
  .describe('What data is used for.')

export const mapSchema = z
  .strictObject({
    version: z.literal(1).describe('The version of this format.'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'map-bad-country')
      .describe('The organisation’s country, ISO 3166-1 alpha-2: FR, DE, GB …')
      .exactOptional(),
    systems: z
      .record(z.string().regex(/^[^\s/]+$/, 'map-bad-system-name'), system)
      .describe('System name, as in `dossier systems list`: its map.'),
    rules: record(rule).describe('Rule name: the rule.').default({}),
    purposes: record(purpose).describe('Purpose name: the purpose.').exactOptional(),
  })
  .describe('The data map of Dossier: what every system holds of a person, and what erasing it means.')

mapSchema satisfies z.ZodType<DataMap>

/** The JSON Schema (2020-12) of a map file; docs/data-map.schema.json holds it for editors. */
export const mapJsonSchema = (): object => ({
  ...z.toJSONSchema(mapSchema, { target: 'draft-2020-12', io: 'input' }),
  $id: 'urn:dossier:data-map:1',
  title: 'Dossier data map',
})

/** The keys a map file may have at a path, for one who mistyped. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = mapSchema
  for (const step of path) schema = inside(bare(schema), step)
  const object = bare(schema)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

/** Without what says that it may be absent; of alternatives, the one with keys. */
function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject)
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional) return bare(schema.unwrap())
  return schema
}

function inside(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)]
  if (schema instanceof z.ZodRecord) return schema.valueType
  return schema instanceof z.ZodArray ? schema.element : undefined
}
