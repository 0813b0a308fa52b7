import { raw } from '../../platform/sql.ts'
import type { ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { problem } from '../problems.ts'
import { changeMark } from './change-mark.ts'
import { Connection } from './connection.ts'
import { describeCounted, describeUncounted } from './describe.ts'
import { keepOrClose, takeKept } from './kept-connections.ts'
import { count, find, type Reading, sample, search, stream } from './read.ts'
import { readTarget, type Target } from './target.ts'
import {
  beginWriting,
  hurriedSettings,
  readOnlyTransaction,
  type Transaction,
  within,
} from './transaction.ts'
import { change, remove } from './write.ts'

/** Takes up a connection that another session left, where there is one. */
export async function openReadSession(secret: string, limits: SessionLimits): Promise<ReadSession> {
  const left = limits.isNew ? undefined : takeKept(secret, limits)
  let line = left ? Promise.resolve(lineOn(left, limits, true)) : newLine(secret, limits)
  await line
  const read = async (): Promise<Prepared> => {
    const [own, { connection, transaction, isLeft }] = [line, await line]
    try {
      const target = await within(transaction, () => readTarget(connection))
      return { connection, transaction, locks: false, ...target }
    } catch (error) {
      // One that died while nobody used it says nothing of the target.
      if (!isLeft || !connection.isClosed) throw error
      if (line === own) line = newLine(secret, limits)
      return read()
    }
  }
  return {
    ...reading(preparation(read), limits),
    async [Symbol.asyncDispose]() {
      const last = await line.catch(() => undefined)
      last?.transaction.end()
      if (last) await keepOrClose(last.connection, limits)
    },
  }
}

/** The connection that a reading session has, and its transactions. */
interface Line {
  readonly connection: Connection
  readonly transaction: Transaction & { end(): void }
  /** Whether another session left it. */
  readonly isLeft: boolean
}

const newLine = async (secret: string, limits: SessionLimits): Promise<Line> =>
  lineOn(await Connection.open(secret, limits), limits, false)

const lineOn = (connection: Connection, limits: SessionLimits, isLeft: boolean): Line => ({
  connection,
  transaction: readOnlyTransaction(connection, limits),
  isLeft,
})

export async function openWriteSession(secret: string, limits: SessionLimits): Promise<WriteSession> {
  const left = limits.isNew ? undefined : takeKept(secret, limits)
  const connection = left ?? (await Connection.open(secret, limits))
  try {
    const transaction = await beginWriting(connection, limits)
    const read = async (): Promise<Prepared> => ({
      connection,
      transaction,
      locks: true,
      ...(await readTarget(connection)),
    })
    return writing(connection, preparation(read), limits)
  } catch (error) {
    const isDead = connection.isClosed
    await connection[Symbol.asyncDispose]()
    // Nothing was begun on one that died while nobody used it.
    if (left && isDead) return openWriteSession(secret, { ...limits, isNew: true })
    throw error
  }
}

/** What must be known of the target before anything can be asked of it: read when first needed, and by `describe` anew. */
interface Preparation {
  ready(): Promise<Prepared>
  renew(): Promise<Prepared>
}

type Prepared = Reading & Target

function preparation(read: () => Promise<Prepared>): Preparation {
  let current: Promise<Prepared> | undefined
  const renew = () => {
    const next = read()
    current = next
    next.catch(() => {
      if (current === next) current = undefined
    })
    return next
  }
  return { renew, ready: () => current ?? renew() }
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

function writing(connection: Connection, prepared: Preparation, limits: SessionLimits): WriteSession {
  let savepoints = 0
  let isOpen = true
  let isDone = false
  return {
    ...reading(prepared, limits),
    change: async (collection, changes) => change(await prepared.ready(), collection, changes),
    remove: async (collection, keys) => remove(await prepared.ready(), collection, keys),
    hurry: (hurried) => void connection.scriptAhead(hurriedSettings(hurried), 'set'),
    async savepoint(work) {
      const savepoint = `savepoint_${++savepoints}`
      // Whatever is asked next goes out behind these: none of them is waited for while rows are locked.
      connection.scriptAhead([`savepoint ${savepoint}`], 'savepoint')
      try {
        const result = await work()
        connection.scriptAhead([`release savepoint ${savepoint}`], 'savepoint')
        return result
      } catch (error) {
        // A lost connection has undone everything already; what went wrong first is what must be heard.
        const undo = [`rollback to savepoint ${savepoint}`, `release savepoint ${savepoint}`]
        connection.scriptAhead(undo, 'savepoint')
        throw error
      }
    },
    async commit() {
      isOpen = false
      const { command } = await connection.run(raw('commit'), 'commit')
      // After a failure nobody undid by a savepoint, PostgreSQL answers COMMIT with ROLLBACK, and without an error.
      if (command !== 'COMMIT')
        throw problem('connectors.target-error', { sqlstate: '25P02', what: 'commit' })
      isDone = true
      await keepOrClose(connection, limits)
    },
    async [Symbol.asyncDispose]() {
      if (isDone) return
      isDone = true
      // Waited for, so that the locks are gone when we say so.
      if (isOpen && !connection.isClosed)
        await connection.script(['rollback'], 'rollback').catch(() => undefined)
      await connection[Symbol.asyncDispose]()
    },
  }
}
