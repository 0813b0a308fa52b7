import { raw } from '../../platform/sql.ts'
import type { ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { problem } from '../problems.ts'
import { changeMark } from './change-mark.ts'
import { Connection } from './connection.ts'
import { describeCounted, describeUncounted } from './describe.ts'
import { count, find, type Reading, sample, search, stream } from './read.ts'
import { readTarget, type Target } from './target.ts'
import { beginWriting, readOnlyTransaction, type Transaction, within } from './transaction.ts'
import { change, remove } from './write.ts'

export async function openReadSession(secret: string, limits: SessionLimits): Promise<ReadSession> {
  const connection = await Connection.open(secret, limits)
  const prepared = preparation(connection, readOnlyTransaction(connection, limits), false)
  return { ...reading(prepared, limits), [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() }
}

export async function openWriteSession(secret: string, limits: SessionLimits): Promise<WriteSession> {
  const connection = await Connection.open(secret, limits)
  try {
    const transaction = await beginWriting(connection, limits)
    return writing(preparation(connection, transaction, true), limits)
  } catch (error) {
    await connection[Symbol.asyncDispose]()
    throw error
  }
}

/** What must be known of the target before anything can be asked of it: read when first needed, and by `describe` anew. */
interface Preparation {
  readonly connection: Connection
  ready(): Promise<Prepared>
  renew(): Promise<Prepared>
}

type Prepared = Reading & Target

function preparation(connection: Connection, transaction: Transaction, locks: boolean): Preparation {
  let current: Promise<Prepared> | undefined
  const read = async (): Promise<Prepared> => {
    const target = await within(transaction, () => readTarget(connection))
    return { connection, transaction, locks, ...target }
  }
  const renew = () => {
    const next = read()
    current = next
    next.catch(() => {
      if (current === next) current = undefined
    })
    return next
  }
  return { connection, renew, ready: () => current ?? renew() }
}

function reading(
  prepared: Preparation,
  limits: SessionLimits,
): Omit<ReadSession, typeof Symbol.asyncDispose> {
  return {
    async describe({ counts = true } = {}) {
      const known = await prepared.renew()
      if (!counts) return describeUncounted(known)
      return describeCounted(known, limits)
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
    changeMark: async (collection) => changeMark(await prepared.ready(), collection),
  }
}

function writing(prepared: Preparation, limits: SessionLimits): WriteSession {
  const { connection } = prepared
  let savepoints = 0
  let isOpen = true
  return {
    ...reading(prepared, limits),
    change: async (collection, changes) => change(await prepared.ready(), collection, changes),
    remove: async (collection, keys) => remove(await prepared.ready(), collection, keys),
    async savepoint(work) {
      const savepoint = `savepoint_${++savepoints}`
      await connection.script([`savepoint ${savepoint}`], 'savepoint')
      try {
        const result = await work()
        await connection.script([`release savepoint ${savepoint}`], 'savepoint')
        return result
      } catch (error) {
        // A lost connection has undone everything already; what went wrong first is what must be heard.
        const undo = [`rollback to savepoint ${savepoint}`, `release savepoint ${savepoint}`]
        await connection.script(undo, 'savepoint').catch(() => undefined)
        throw error
      }
    },
    async commit() {
      isOpen = false
      const { command } = await connection.run(raw('commit'), 'commit')
      // After a failure nobody undid by a savepoint, PostgreSQL answers COMMIT with ROLLBACK, and without an error.
      if (command !== 'COMMIT')
        throw problem('connectors.target-error', { sqlstate: '25P02', what: 'commit' })
      await connection[Symbol.asyncDispose]()
    },
    async [Symbol.asyncDispose]() {
      // Waited for, so that the locks are gone when we say so.
      if (isOpen && !connection.isClosed)
        await connection.script(['rollback'], 'rollback').catch(() => undefined)
      await connection[Symbol.asyncDispose]()
    },
  }
}
