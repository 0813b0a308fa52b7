import type { Db } from '../platform/database.ts'
import type { ProviderName } from '../platform/key-provider.ts'
import { raw, sql } from '../platform/sql.ts'
import { type Epoch, type EpochState, mostWraps } from './epoch.ts'

const columns = raw(
  `e.epoch, e.provider, e.version, e.state, e.wraps, e.created_at, e.rewrapped_at, e.keys_moved, e.retired_at,
   e.destroyed_at, e.returned`,
)

/** From the oldest. */
export const readEpochs = (db: Db): Promise<readonly Epoch[]> =>
  db.rows<Epoch>(sql`select ${columns} from subjects.epoch e order by e.epoch`)

/**
 * Whoever changes the life of epochs does so one after the other; whoever wraps a key waits for a moment. Read by a statement of its
 * own: the one that waited for the lock does not see the epoch that began meanwhile.
 */
export async function lockEpochs(tx: Db): Promise<readonly Epoch[]> {
  await tx.run(sql`select from subjects.epoch e order by e.epoch for update`)
  return readEpochs(tx)
}

export interface Reserved {
  readonly epoch: number
  readonly provider: ProviderName
  readonly version: number
}

/** Counts wraps before they are done. Undefined where no epoch is current, or the current one may wrap no more. */
export const reserveWraps = (db: Db, count: number): Promise<Reserved | undefined> =>
  db.row<Reserved>(
    sql`update subjects.epoch e set wraps = e.wraps + ${count}
        where e.state = 'current' and e.wraps + ${count} <= ${mostWraps}::bigint
        returning e.epoch, e.provider, e.version`,
  )

export const insertEpoch = (db: Db, epoch: Reserved & { readonly createdAt: Date }): Promise<number> =>
  db.run(
    sql`insert into subjects.epoch (epoch, provider, version, state, created_at)
        values (${epoch.epoch}, ${epoch.provider}, ${epoch.version}, 'current', ${epoch.createdAt})
        on conflict do nothing`,
  )

/** The state moves on from the one it was seen in, and the instants that come with it are set; 0 when somebody was first. */
export const moveEpoch = (
  db: Db,
  { epoch, state: from }: Pick<Epoch, 'epoch' | 'state'>,
  to: EpochState,
  at: { readonly retiredAt?: Date; readonly destroyedAt?: Date } = {},
): Promise<number> =>
  db.run(
    sql`update subjects.epoch e set state = ${to}, retired_at = coalesce(${at.retiredAt ?? null}, e.retired_at),
          destroyed_at = coalesce(${at.destroyedAt ?? null}, e.destroyed_at)
        where e.epoch = ${epoch} and e.state = ${from}`,
  )

/** States that are not in the evidence log yet; whoever tells of them does so alone. */
export const untoldEpochs = (db: Db): Promise<readonly Epoch[]> =>
  db.rows<Epoch>(
    sql`select ${columns} from subjects.epoch e where e.told is distinct from e.state order by e.epoch for update`,
  )

export const markTold = (db: Db, epoch: number, state: EpochState): Promise<number> =>
  db.run(sql`update subjects.epoch e set told = ${state} where e.epoch = ${epoch}`)

export const markReturned = (db: Db, epoch: number): Promise<number> =>
  db.run(sql`update subjects.epoch e set returned = true where e.epoch = ${epoch}`)

/** Their keys are in their new place: from now on these wrap nothing. */
export const endRewrapping = (db: Db, at: Date, moved: number): Promise<number> =>
  db.run(
    sql`update subjects.epoch e set state = 'rewrapped', rewrapped_at = ${at}, keys_moved = ${moved}
        where e.state = 'rewrapping'`,
  )

/** Live keys of each epoch. */
export const countKeys = (db: Db): Promise<readonly { readonly epoch: number; readonly keys: number }[]> =>
  db.rows(sql`select k.epoch, count(*) as keys from subjects.subject_key k group by k.epoch`)

/** Epoch keys that wrap live keys. A table of before there were epochs knows only files. */
export async function keysInUse(db: Db): Promise<readonly Pick<Epoch, 'provider' | 'version'>[]> {
  const table = await db.row<{ isThere: boolean }>(
    sql`select pg_catalog.to_regclass('subjects.epoch') is not null as is_there`,
  )
  return table?.isThere
    ? db.rows(
        sql`select distinct e.provider, e.version from subjects.subject_key k
            join subjects.epoch e on e.epoch = k.epoch`,
      )
    : db.rows(sql`select distinct 'file' as provider, k.epoch as version from subjects.subject_key k`)
}

/** Versions of a provider's keys that wrap nothing any more. */
export const endedVersions = async (db: Db, provider: ProviderName): Promise<readonly number[]> =>
  (
    await db.rows<{ version: number }>(
      sql`select e.version from subjects.epoch e
          where e.provider = ${provider} and e.state not in ('current', 'rewrapping')`,
    )
  ).map(({ version }) => version)

/** Whether anything is still wrapped by it, here or on its way. */
export const wrapsAnything = async (db: Db, epoch: number): Promise<boolean> =>
  (await db.row(
    sql`select from subjects.subject_key k where k.epoch = ${epoch}
        union all select from subjects.subject_key_next k where k.epoch = ${epoch} limit 1`,
  )) !== undefined
