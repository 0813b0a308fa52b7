import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem } from '../../platform/problem.ts'
import type { CollectionDescription, ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { fingerprint } from '../fingerprint.ts'
import { problem } from '../problems.ts'
import { changeMark } from './change-mark.ts'
import { type Database, openDatabase } from './database.ts'
import { count, countAll, find, type Reading, sample, search, stream } from './read.ts'
import { readShape, type Table } from './shape.ts'
import { change, remove, requireTransaction } from './write.ts'

/** Each page of rows is a statement of its own: a read lock held longer would keep the file's own program from writing. */
export async function openReadSession(path: string, limits: SessionLimits): Promise<ReadSession> {
  const database = await openDatabase(path, true, limits)
  return { ...reading(preparation(database)), [Symbol.asyncDispose]: async () => database[Symbol.dispose]() }
}

export async function openWriteSession(path: string, limits: SessionLimits): Promise<WriteSession> {
  // It holds the file's lock: it does not rest.
  const { load: _, ...withoutRest } = limits
  const database = await openDatabase(path, false, withoutRest)
  try {
    // Overwrites what is deleted, which would else stay readable in the file. What SQLite left of older moves of rows in
    // unused space only VACUUM removes; as that may renumber rows of tables without key, it is left to the owner.
    await database.all('pragma secure_delete = on', [], 'opening the file')
    await database.all('pragma foreign_keys = on', [], 'opening the file')
    await database.run('begin immediate', [], 'begin')
    await database.all('pragma defer_foreign_keys = on', [], 'begin')
    return writing(preparation(database))
  } catch (error) {
    database[Symbol.dispose]()
    throw error
  }
}

export async function engineName(database: Database): Promise<string> {
  const rows = await database.all('select sqlite_version()', [], 'reading the version')
  return `SQLite ${rows[0]?.[0]}`
}

/** The schema, read when first needed, and by `describe` anew. */
interface Preparation {
  readonly database: Database
  ready(): Promise<Reading>
  renew(): Promise<Reading>
}

function preparation(database: Database): Preparation {
  let current: Promise<Reading> | undefined
  const read = async (): Promise<Reading> => ({ database, shape: await readShape(database) })
  const renew = () => {
    const next = read()
    current = next
    next.catch(() => {
      if (current === next) current = undefined
    })
    return next
  }
  return { database, renew, ready: () => current ?? renew() }
}

function reading(prepared: Preparation): Omit<ReadSession, typeof Symbol.asyncDispose> {
  return {
    async describe({ counts = true } = {}) {
      const renewed = await prepared.renew()
      const collections: CollectionDescription[] = []
      for (const table of renewed.shape.values())
        collections.push(counts ? await counted(renewed, table) : { ...table.description, rows: 0 })
      return {
        engine: await engineName(prepared.database),
        collections,
        fingerprint: fingerprint(collections),
      }
    },
    sample: async (collection, limit) => sample(await prepared.ready(), collection, limit),
    count: async (query) => count(await prepared.ready(), query),
    async *find(query) {
      yield* find(await prepared.ready(), query)
    },
    async *stream(collection, fields) {
      yield* stream(await prepared.ready(), collection, fields)
    },
    async *search(wanted) {
      yield* search(await prepared.ready(), wanted)
    },
    changeMark: () => changeMark(prepared.database.path),
  }
}

async function counted(from: Reading, table: Table): Promise<CollectionDescription> {
  const { description } = table
  if (description.unreadable !== null) return { ...description, rows: 0 }
  try {
    return { ...description, rows: await countAll(from, table) }
  } catch (error) {
    if (!isProblem(error, 'connectors.target-error')) throw error
    return { ...description, rows: 0, unreadable: 'the target cannot compute it' }
  }
}

function writing(prepared: Preparation): WriteSession {
  const { database } = prepared
  const written = new Set<string>()
  let savepoints = 0
  return {
    ...reading(prepared),
    endWithin: database.endWithin,
    async change(collection, changes) {
      written.add(collection)
      return change(await prepared.ready(), collection, changes)
    },
    async remove(collection, keys) {
      written.add(collection)
      return remove(await prepared.ready(), collection, keys)
    },
    async savepoint(work) {
      const savepoint = `savepoint_${++savepoints}`
      requireTransaction(database.isTransaction, 'savepoint')
      await database.run(`savepoint ${savepoint}`, [], 'savepoint')
      try {
        const result = await work()
        await database.run(`release ${savepoint}`, [], 'savepoint')
        return result
      } catch (error) {
        // Where the whole transaction is gone already, what went wrong first is what must be heard.
        if (database.isTransaction) {
          await database.run(`rollback to ${savepoint}`, [], 'savepoint')
          await database.run(`release ${savepoint}`, [], 'savepoint')
        }
        throw error
      }
    },
    async commit() {
      requireTransaction(database.isTransaction, 'commit')
      await database.run('commit', [], 'commit').catch(async (error) => {
        throw await withName(error, await prepared.ready(), written)
      })
      await emptyWriteAheadLog(database)
      database[Symbol.dispose]()
    },
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]()
    },
  }
}

/** At a commit SQLite only says that some foreign key is broken: which one, it must be asked. */
async function withName(
  error: unknown,
  { database, shape }: Reading,
  written: ReadonlySet<string>,
): Promise<unknown> {
  if (!isProblem(error, 'connectors.constraint')) return error
  const touched = [...shape.values()].filter(
    ({ description }) =>
      written.has(description.name) || description.foreignKeys.some(({ to }) => written.has(to)),
  )
  for (const { description } of touched) {
    const { name } = description
    const broken = await database.all(
      `select l."from" from (select fkid from pragma_foreign_key_check(?1) limit 1) c
       join pragma_foreign_key_list(?1) l on l.id = c.fkid order by l.seq`,
      [name],
      'commit',
      name,
    )
    const constraint = [name, ...broken.map(([field]) => String(field))].join('_')
    if (broken.length > 0)
      return problem('connectors.constraint', { kind: 'foreign-key', constraint, collection: name })
  }
  return error
}

/**
 * In WAL mode what was erased stays in the database file, and in the log, until the log is copied back and cut. A reader
 * in the way is waited for as long as for a lock; when it stays, the next checkpoint of anybody does the rest.
 */
async function emptyWriteAheadLog(database: Database): Promise<void> {
  const deadline = Date.now() + database.limits.lockTimeoutMs
  for (;;) {
    const rows = await database.all('pragma wal_checkpoint(truncate)', [], 'checkpoint').catch(() => [])
    if (rows[0]?.[0] !== 1n || Date.now() >= deadline) return
    await sleep(20)
  }
}
