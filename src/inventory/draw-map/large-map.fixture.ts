import {
  type Category,
  type CollectionMap,
  categories,
  type DataMap,
  type FieldMap,
  type LinkMap,
} from '../data-map.ts'

/** Numbers that look like chance and are the same every time (Park and Miller, 1988). */
function dice(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

const systems = ['shop', 'crm', 'support', 'billing', 'newsletter'] as const
const things = [
  'order',
  'invoice',
  'ticket',
  'address',
  'device',
  'visit',
  'note',
  'contract',
  'payment',
  'review',
  'session',
  'document',
]

/** A company of many collections in five systems, with every kind of link, cycles and collections nothing reaches. */
export function largeMap(collections: number, seed = 7): DataMap {
  const roll = dice(seed)
  const maps: Record<string, Record<string, CollectionMap>> = Object.fromEntries(
    systems.map((name) => [name, {}]),
  )
  for (let i = 0; i < collections; i++) {
    const system = systems[i < systems.length ? i : roll(roll(2) === 0 ? 2 : systems.length)] ?? 'shop'
    const inside = maps[system] ?? {}
    const before = Object.keys(inside)
    const name = before.length === 0 ? 'public.person' : `public.${things[roll(things.length)]}_${i}`
    const fields: Record<string, FieldMap> =
      before.length === 0 ? { email: { category: 'email', identifier: 'email' } } : {}
    for (let field = roll(7); field > 0; field--)
      fields[`field_${field}`] = {
        category: categories[roll(categories.length)] ?? ('none' satisfies Category),
      }
    const links: LinkMap[] = []
    for (let link = before.length === 0 ? 0 : roll(10) === 0 ? 0 : 1 + roll(2); link > 0; link--) {
      const to = roll(3) === 0 ? (before[roll(before.length)] ?? name) : 'public.person'
      const role = (['owner', 'owner', 'owner', 'party', 'none'] as const)[roll(5)] ?? 'owner'
      links.push({
        to,
        on: { [`${role}_id`]: 'id' },
        role,
        ...(role === 'none' && { why: 'a colleague at work' }),
      })
    }
    if (i > 5 && roll(8) === 0)
      links.push({
        to: `${systems[roll(systems.length)]}/public.person`,
        on: { email: 'email' },
        role: 'owner',
      })
    inside[name] = { rows: (['delete', 'clear', 'keep'] as const)[roll(3)] ?? 'delete', fields, links }
  }
  const shop = maps.shop?.['public.person']
  // A cycle and a self-reference, as real schemas have them.
  if (maps.shop && shop)
    maps.shop['public.person'] = {
      ...shop,
      links: [
        { to: Object.keys(maps.shop).at(-1) ?? 'public.person', on: { main_id: 'id' }, role: 'owner' },
        { to: 'public.person', on: { referred_by: 'id' }, role: 'none', why: 'not theirs' },
      ],
    }
  return {
    version: 1,
    rules: {},
    systems: Object.fromEntries(
      Object.entries(maps).map(([name, all]) => [name, { controller: 'Example SARL', collections: all }]),
    ),
  }
}
