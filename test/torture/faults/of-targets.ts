import { Finding } from '../finding.ts'
import { falseClaim } from '../verdict.ts'
import { attempt, type Fault, kill, pickOne, workFor } from './fault.ts'

interface Twist {
  readonly twist: readonly string[]
  readonly back: readonly string[]
}

const trigger = (table: string, when: string, body: string, each = 'for each row'): Twist => ({
  twist: [
    `create function lie() returns trigger language plpgsql as $$ begin ${body} end $$`,
    `create ${when.startsWith('deferred') ? 'constraint ' : ''}trigger lie ${when.replace('deferred ', '')} on ${table} ${
      when.startsWith('deferred') ? 'deferrable initially deferred ' : ''
    }${each} execute function lie()`,
  ],
  back: [`drop trigger lie on ${table}`, 'drop function lie'],
})

/** Ways in which a target says that it did as it was told, and did not. */
const lies: readonly Twist[] = [
  trigger('visit', 'before delete', 'return null;'),
  {
    twist: ['create rule lie as on delete to visit do instead nothing'],
    back: ['drop rule lie on visit'],
  },
  trigger('visit', 'after delete', 'insert into visit values (old.email, old.page); return null;'),
  // Put back only when all was counted: nobody inside the transaction can see it.
  trigger('visit', 'deferred after delete', 'insert into visit values (old.email, old.page); return null;'),
  trigger(
    'visit',
    'deferred after delete',
    "insert into unmapped select 1, 'was ' || old.email where not exists (select from unmapped); return null;",
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
      for (const statement of twist) await arena.company.shop(statement)
      let state: string
      try {
        state = await attempt(arena, erasure)
        for (const { kind, text } of await falseClaim(arena, erasure)) throw new Finding(kind, text)
      } finally {
        for (const statement of back) await arena.company.shop(statement)
        await arena.company.shop('truncate unmapped')
      }
      return state === 'incomplete'
    },
  },
  {
    name: 'schema changed between plan and step',
    weight: 2,
    async strike(arena, erasure, random) {
      const inDesk = random() < 0.3
      const { twist, back } = pickOne(random, inDesk ? deskChanges : changes)
      const run = inDesk ? arena.company.desk : arena.company.shop
      for (const statement of twist) await run(statement)
      let state: string
      try {
        state = await attempt(arena, erasure)
        for (const { kind, text } of await falseClaim(arena, erasure)) throw new Finding(kind, text)
      } finally {
        for (const statement of back) await run(statement)
      }
      return state !== 'completed'
    },
  },
  {
    name: 'schema changed while a step is under way',
    weight: 3,
    async strike(arena, erasure, random) {
      const { twist, back } = pickOne(random, changes)
      const { worker, answer, isBusy } = await workFor(arena, erasure, random)
      // Whoever has a row of the table locked goes first.
      for (const statement of twist) await arena.company.shop(statement)
      try {
        if ((await answer) === null) throw new Finding('stuck', 'a worker died of a change of the schema')
        arena.crew.keep(worker)
        for (const { kind, text } of await falseClaim(arena, erasure)) throw new Finding(kind, text)
      } finally {
        for (const statement of back) await arena.company.shop(statement)
      }
      return isBusy
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
