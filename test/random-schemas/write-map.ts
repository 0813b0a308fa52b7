import type { KeepRule, World } from './world.ts'

/** The world's map in the form of the file, for one system; `prefix` stands before names of tables (`public.`). */
export function writeMap(world: World, system: string, prefix: string): string {
  const collections = world.tables.flatMap(({ name, map }) => {
    if (!map) return []
    const links = map.links.map((link) => ({ ...link, to: prefix + link.to }))
    const keep = map.keep.map(({ also, ...one }) => ({
      ...one,
      also: Object.fromEntries(Object.entries(also).map(([to, fields]) => [prefix + to, fields])),
    }))
    return [[prefix + name, { rows: map.rows, fields: map.fields, links, keep }] as const]
  })
  const rules = Object.fromEntries(Object.entries(world.rules).map(([name, rule]) => [name, writeRule(rule)]))
  // JSON is YAML.
  return JSON.stringify({
    version: 1,
    country: 'FR',
    systems: { [system]: { collections: Object.fromEntries(collections) } },
    rules,
  })
}

function writeRule({ years, roundTo, while: condition }: KeepRule) {
  const text =
    condition &&
    `${condition.column} ${condition.value === null ? 'is null' : /^\d+$/.test(condition.value) ? `= ${condition.value}` : `= '${condition.value}'`}`
  return {
    ground: 'legal-obligation',
    article: 'a law',
    ...(years !== null && { years, roundTo }),
    ...(text && { while: text }),
  }
}
