import assert from 'node:assert/strict'
import { eraseInSystem, findHoldings, planErasure } from '../src/holdings/public.ts'
import { addSystem, currentMap, importMap, scanSystems } from '../src/inventory/public.ts'
import type { Context } from '../src/platform/context.ts'
import type { Pool } from '../src/platform/database.ts'
import { type BenchInstallation, inBenchInstallation } from './bench-installation.ts'
import { type ByHand, batched, naive } from './by-hand.ts'
import { byTurns, type Figure, figure, inFlight, keepResult, pairs, quick, ratios, timed } from './measure.ts'
import {
  contentsOf,
  fill,
  mailOf,
  map,
  personOf,
  rowsOfPerson,
  systems,
  type Table,
} from './three-systems.ts'

/**
 * One person (c): their access and their erasure across three databases and twelve tables, by the product's engine and by
 * hand-written SQL: one statement a database, and a transaction with one statement a table. Afterwards every row of all three
 * databases is compared: nothing of whom was erased, all of everybody else.
 */
const [alone, together, width] = quick ? [1, 2, 2] : [10, 32, 16]
/** For each database; with the engine's own there must not be more than the server's hundred. */
const handConnections = 6
/** Goal: so much more than one and a half times the batched SQL. */
const overheadMs = 5

interface Place {
  readonly name: string
  readonly tables: readonly Table[]
  readonly pool: Pool
}

/** A way to answer one person. */
interface Way {
  /** The keys of their rows, as `<system> <table> <key>`. */
  access(person: number): Promise<readonly string[]>
  erase(person: number): Promise<void>
}

function byEngine(ctx: Context): Way {
  const asked = (person: number) => [{ kind: 'email' as const, value: mailOf(person) }]
  const today = ctx.now().toISOString().slice(0, 10)
  const nothing = async () => undefined
  return {
    async access(person) {
      const found = await findHoldings(ctx, { asked: asked(person) })
      assert.deepEqual(
        found.unreachable.map(({ name, code }) => `${name} ${code}`),
        [],
        'every database answers',
      )
      return found.systems.flatMap((system) =>
        system.collections.flatMap(({ name, rows }) =>
          rows.map(({ cells }) => `${system.name} ${name.replace('public.', '')} ${cells[0]}`),
        ),
      )
    },
    async erase(person) {
      const planned = await planErasure(ctx, { asked: asked(person) }, today)
      const { map: current } = await currentMap(ctx)
      await Promise.all(
        planned.plan.systems.map(async ({ name: system, fingerprint }) => {
          const seeds = planned.seeds[system]
          if (!seeds) throw new Error('nothing is known of a planned system')
          const { terms, mentions } = planned
          const input = { system, map: current, fingerprint, seeds, terms, mentions: mentions[system], today }
          const { notObeyed } = await eraseInSystem(ctx, {
            ...input,
            beforeWriting: nothing,
            beforeCommit: nothing,
          })
          assert.deepEqual(notObeyed, [], 'the databases did what they were told')
        }),
      )
    },
  }
}

/** The databases are asked at once, as the engine's steps are. */
const byHand = (places: readonly Place[], hand: ByHand): Way => ({
  async access(person) {
    const all = places.map(async ({ name, tables, pool }) =>
      (await hand.access(pool, tables, mailOf(person))).map((key) => `${name} ${key}`),
    )
    return (await Promise.all(all)).flat()
  },
  async erase(person) {
    await Promise.all(places.map(({ tables, pool }) => hand.erase(pool, tables, mailOf(person))))
  },
})

/** Everybody is erased once: each stretch takes the next people of the line. */
function peopleInLine() {
  let last = 0
  return {
    next: (count: number): readonly number[] => Array.from({ length: count }, () => (last += 1)),
    get taken() {
      return last
    },
  }
}

async function measureWays(
  ways: Readonly<Record<'engine' | 'batched' | 'naive', Way>>,
  line: ReturnType<typeof peopleInLine>,
): Promise<readonly Figure[]> {
  /** Milliseconds for each of so many people, `lanes` at a time. */
  const each = async (count: number, lanes: number, work: (person: number) => Promise<unknown>) => {
    const people = line.next(count)
    return (await timed(() => inFlight(people, lanes, work))) / count
  }
  const access = (way: Way) => async (person: number) => {
    const keys = await way.access(person)
    assert.deepEqual(keys.toSorted(), keysOf(person), 'access names exactly the person’s rows')
  }
  const run = (count: number, lanes: number, work: (way: Way) => (person: number) => Promise<unknown>) =>
    byTurns({
      engine: () => each(count, lanes, work(ways.engine)),
      batched: () => each(count, lanes, work(ways.batched)),
      naive: () => each(count, lanes, work(ways.naive)),
    })
  const figures: Figure[] = []
  for (const [what, work] of [
    ['access', access],
    ['erasure', (way: Way) => way.erase],
  ] as const) {
    const one = await run(alone, 1, work)
    const many = await run(together, width, work)
    const allowed = one.batched.map((ms) => overheadMs + 1.5 * ms)
    figures.push(
      figure(`${what}, one at a time`, '5 ms + 1.5x batched SQL', ratios(one.engine, allowed), { atMost: 1 }),
      figure(`${what}, ms`, null, one.engine),
      figure(`${what}, batched SQL, ms`, null, one.batched),
      figure(`${what}, ${width} in flight, speed`, 'a statement a table', ratios(many.naive, many.engine), {
        atLeast: 2,
      }),
      figure(`${what}, ${width} in flight, speed`, 'batched SQL', ratios(many.batched, many.engine)),
      figure(
        `${what}, ${width} in flight, people/s`,
        null,
        many.engine.map((ms) => 1_000 / ms),
      ),
    )
  }
  return figures
}

const keysOf = (person: number): readonly string[] =>
  Object.entries(systems)
    .flatMap(([system, tables]) => rowsOfPerson(tables, person).map((key) => `${system} ${key}`))
    .toSorted()

async function measure({ ctx, emptyDatabase }: BenchInstallation) {
  const stretch = pairs * 3 * (alone + together)
  const people = 2 * stretch + (quick ? 20 : 500)
  const places: Place[] = []
  for (const [name, tables] of Object.entries(systems)) {
    const { url, pool } = await emptyDatabase(name, handConnections)
    await fill(pool, tables, people)
    await addSystem(ctx, { name, url, baseDirectory: '/' })
    places.push({ name, tables, pool })
  }
  await scanSystems(ctx, { sample: 1 })
  const { imported } = await importMap(ctx, map)
  assert.ok(imported, 'the map is one')
  const before = await Promise.all(places.map(({ pool, tables }) => contentsOf(pool, tables)))
  const line = peopleInLine()
  const ways = { engine: byEngine(ctx), batched: byHand(places, batched), naive: byHand(places, naive) }
  const figures = await measureWays(ways, line)
  assert.equal(line.taken, 2 * stretch)
  // The second half of the line was erased: the first half had only asked what is held of them.
  const isErased = (person: number) => person > stretch && person <= line.taken
  for (const [i, { name, tables, pool }] of places.entries()) {
    const expected = [...(before[i] ?? [])].filter(([key]) => !isErased(ownerOf(tables, key)))
    assert.ok(expected.length < (before[i]?.size ?? 0), 'there was something to erase')
    const left = await contentsOf(pool, tables)
    assert.ok(
      isSame(left, new Map(expected)),
      `${name} holds nothing of the erased, and all of everybody else`,
    )
  }
  return {
    figures,
    held: [
      'access named exactly the person’s rows, each time',
      'nothing of the erased was left, and every row of everybody else was as before',
    ],
    circumstances: {
      databases: 3,
      tables: 12,
      people,
      erased: stretch,
      rowsOfAPerson: keysOf(1).length,
      durable: !quick,
    },
  }
}

/** Not `deepEqual`: on a difference it would print people's rows. */
const isSame = (left: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): boolean =>
  left.size === expected.size && [...expected].every(([key, text]) => left.get(key) === text)

function ownerOf(tables: readonly Table[], place: string): number {
  const [table, key] = place.split(' ')
  const one = tables.find(({ name }) => name === table)
  if (!one) throw new Error('a row of no table')
  return personOf(tables, one, Number(key))
}

await inBenchInstallation((bench) => keepResult('one-person', bench.server, () => measure(bench)))
