import { sql } from '../../../src/platform/sql.ts'
import { outcomeOf } from '../../../src/requests/public.ts'
import type { Arena } from '../arena.ts'
import { isOf } from '../company.ts'
import type { Erasure } from '../erasure.ts'
import { Finding } from '../finding.ts'
import { falseClaim } from '../verdict.ts'
import { attempt, ended, type Fault, kill, pickOne, workFor } from './fault.ts'

interface Twist {
  readonly twist: readonly string[]
  readonly back: readonly string[]
}

/** A trigger on each row; a deferred one acts at COMMIT, after all that was written. */
function trigger(table: string, when: string, body: string, deferred = false): Twist {
  const [kind, wait] = deferred ? ['constraint trigger', 'deferrable initially deferred'] : ['trigger', '']
  return {
    twist: [
      `create function lie() returns trigger language plpgsql as $$ begin ${body} end $$`,
      `create ${kind} lie ${when} on ${table} ${wait} for each row execute function lie()`,
    ],
    back: [`drop trigger lie on ${table}`, 'drop function lie'],
  }
}

const putBack = 'insert into visit values (old.email, old.page); return null;'

/** Ways in which a target says that it did as it was told, and did not. */
const lies: readonly Twist[] = [
  trigger('visit', 'before delete', 'return null;'),
  {
    twist: ['create rule lie as on delete to visit do instead nothing'],
    back: ['drop rule lie on visit'],
  },
  trigger('visit', 'after delete', putBack),
  // Put back only when all was counted: nobody inside the transaction can see it.
  trigger('visit', 'after delete', putBack, true),
  // Kept where no map looks.
  trigger(
    'visit',
    'after delete',
    "insert into unmapped select 1, 'was ' || old.email where not exists (select from unmapped); return null;",
    true,
  ),
  trigger('invoice', 'before update', 'return old;'),
  trigger('invoice', 'before update', 'return null;'),
  trigger('message', 'before delete', 'return null;'),
]

/** Other shapes, and the way back. */
const changes: readonly Twist[] = [
  ['alter table visit add column at date', 'alter table visit drop column at'],
  ['alter table purchase rename column note to remark', 'alter table purchase rename column remark to note'],
  [
    'alter table message alter column body type varchar(400)',
    'alter table message alter column body type text',
  ],
  ['create table basket (person_id int references person, email text)', 'drop table basket'],
  ['alter table visit rename column page to place', 'alter table visit rename column place to page'],
  [
    'alter table invoice alter column billing_name drop not null',
    'alter table invoice alter column billing_name set not null',
  ],
  [
    'alter table purchase alter column note set not null',
    'alter table purchase alter column note drop not null',
  ],
].map(([twist = '', back = '']) => ({ twist: [twist], back: [back] }))

const deskChanges: readonly Twist[] = [
  ['alter table ticket add column at text', 'alter table ticket drop column at'],
  [
    'alter table requester rename column name to full_name',
    'alter table requester rename column full_name to name',
  ],
  ['create table note (requester_id integer references requester)', 'drop table note'],
].map(([twist = '', back = '']) => ({ twist: [twist], back: [back] }))

/** What the targets themselves do. */
export const faultsOfTargets: readonly Fault[] = [
  {
    name: 'target that lies',
    weight: 4,
    async strike(arena, erasure, random) {
      const { twist, back } = pickOne(random, lies)
      erasure.wasDeceived = true
      // A claim of the dead that arrived late: nobody would be deceived.
      await arena.leasesOver(erasure.request)
      for (const statement of twist) await arena.company.shop(statement)
      try {
        const isIncomplete = (await attempt(arena, erasure)) === 'incomplete'
        for (const { kind, text } of await falseClaim(arena, erasure)) throw new Finding(kind, text)
        // A step that could not be carried out is said to be so, and the lie was told to nobody.
        const isDeceived = isIncomplete && !(await isStepOpen(arena, erasure, 'shop'))
        const { systems } = await outcomeOf(arena.ctx, erasure.request)
        const shop = systems.find(({ name }) => name === 'shop')
        if (isDeceived && shop?.state !== 'residue')
          throw new Finding(
            'wrong-evidence',
            `a shop that lies is called ${shop?.state} (${shop?.problem?.code})`,
          )
        return isDeceived
      } finally {
        for (const statement of back) await arena.company.shop(statement)
        await arena.company.shop('truncate unmapped')
      }
    },
  },
  {
    name: 'schema changed between plan and step',
    weight: 2,
    async strike(arena, erasure, random) {
      const system = random() < 0.3 ? 'desk' : 'shop'
      const { twist, back } = pickOne(random, system === 'desk' ? deskChanges : changes)
      const run = system === 'desk' ? arena.company.desk : arena.company.shop
      const isOpen = await isStepOpen(arena, erasure, system)
      const before = await traces(arena, erasure, system)
      for (const statement of twist) await run(statement)
      try {
        await attempt(arena, erasure)
        if (!isOpen) return false
        if ((await traces(arena, erasure, system)) !== before)
          throw new Finding('lost', `${system} was written though its shape had changed`)
        const { systems } = await outcomeOf(arena.ctx, erasure.request)
        const code = systems.find(({ name }) => name === system)?.problem?.code
        if (code !== 'holdings.schema-changed')
          throw new Finding('wrong-evidence', `the shape of ${system} had changed, and it says ${code}`)
      } finally {
        for (const statement of back) await run(statement)
      }
      return true
    },
  },
  {
    name: 'schema changed while a step is under way',
    weight: 3,
    async strike(arena, erasure, random) {
      const { twist, back } = pickOne(random, changes)
      const atWork = await workFor(arena, erasure, random)
      // Whoever has a row of the table locked goes first.
      for (const statement of twist) await arena.company.shop(statement)
      try {
        await ended(arena, atWork)
        for (const { kind, text } of await falseClaim(arena, erasure)) throw new Finding(kind, text)
      } finally {
        for (const statement of back) await arena.company.shop(statement)
      }
      return atWork.isBusy
    },
  },
  {
    name: 'file held by its own program',
    weight: 1,
    async strike(arena, erasure, random) {
      const { worker, isBusy } = await workFor(arena, erasure, random)
      if (isBusy) await kill(worker)
      else arena.crew.keep(worker)
      await arena.expireLeases(erasure.request)
      const free = await arena.company.holdDesk()
      try {
        await attempt(arena, erasure)
      } finally {
        free()
      }
      return isBusy
    },
  },
]

async function isStepOpen({ ctx }: Arena, { request }: Erasure, system: string): Promise<boolean> {
  const step = await ctx.db.row(
    sql`select 1 from requests.step s where s.request_id = ${request} and s.system = ${system} and s.state <> 'done'`,
  )
  return step !== undefined
}

/** How many rows of a system are the person's or name them. */
async function traces({ company }: Arena, { person }: Erasure, system: string): Promise<number> {
  const rows = await company.rows()
  return rows.filter((row) => /^(requester|ticket) /.test(row) === (system === 'desk') && isOf(person, row))
    .length
}
