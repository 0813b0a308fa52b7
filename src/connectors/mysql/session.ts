import { raw } from '../../platform/sql.ts'
import type { ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { problem } from '../problems.ts'
import { Connection } from './connection.ts'
import { describeShape } from './describe.ts'
import { count, find, search, stream } from './read.ts'
import { sample } from './sample.ts'
import type { Reading } from './scan.ts'
import { type Server, settle } from './server.ts'
import { readShape } from './shape.ts'
import { change, remove } from './write.ts'

export async function openReadSession(secret: string, limits: SessionLimits): Promise<ReadSession> {
  const { connection, server } = await open(secret, limits, 'read')
  const prepared = preparation(connection, server, false)
  return { ...reading(prepared), [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() }
}

export async function openWriteSession(secret: string, limits: SessionLimits): Promise<WriteSession> {
  const { connection, server } = await open(secret, limits, 'write')
  try {
    await tell(connection, 'start transaction', 'begin')
    await tell(connection, `savepoint ${beginning}`, 'begin')
    return writing(preparation(connection, server, true))
  } catch (error) {
    await connection[Symbol.asyncDispose]()
    throw error
  }
}

/**
 * A deadlock undoes the whole transaction, and whatever comes after it begins another. Where this savepoint is gone, so is
 * what was written before.
 */
const beginning = 'dossier_beginning'

async function open(
  secret: string,
  limits: SessionLimits,
  access: 'read' | 'write',
): Promise<{ readonly connection: Connection; readonly server: Server }> {
  // A write session holds locks: it does not rest.
  const { load: _, ...withoutRest } = limits
  const connection = await Connection.open(secret, access === 'read' ? limits : withoutRest)
  try {
    return { connection, server: await settle(connection, limits, access) }
  } catch (error) {
    await connection[Symbol.asyncDispose]()
    throw error
  }
}

const tell = (connection: Connection, statement: string, what: string) =>
  connection.run(raw(statement), { what })

/** What must be known of the target before anything can be asked of it: read when first needed, and by `describe` anew. */
interface Preparation {
  readonly connection: Connection
  ready(): Promise<Reading>
  renew(): Promise<Reading>
}

function preparation(connection: Connection, server: Server, locks: boolean): Preparation {
  let current: Promise<Reading> | undefined
  const read = async (): Promise<Reading> => {
    const shape = await readShape(connection, server)
    return { connection, server, shape, locks }
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

function reading(prepared: Preparation): Omit<ReadSession, typeof Symbol.asyncDispose> {
  return {
    describe: async (options) => describeShape(await prepared.renew(), options),
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
  }
}

function writing(prepared: Preparation): WriteSession {
  const { connection } = prepared
  let savepoints = 0
  let isOpen = true
  // Something was refused halfway, and no savepoint has undone the half that was done.
  let isBroken = false
  const write = async (work: (reading: Reading) => Promise<number>): Promise<number> => {
    try {
      return await work(await prepared.ready())
    } catch (error) {
      isBroken = true
      throw error
    }
  }
  return {
    ...reading(prepared),
    change: (collection, changes) => write((ready) => change(ready, collection, changes)),
    remove: (collection, keys) => write((ready) => remove(ready, collection, keys)),
    async savepoint(work) {
      const savepoint = `dossier_${++savepoints}`
      const wasBroken = isBroken
      await tell(connection, `savepoint ${savepoint}`, 'savepoint')
      try {
        const result = await work()
        await tell(connection, `release savepoint ${savepoint}`, 'savepoint')
        return result
      } catch (error) {
        // Where the savepoint is gone everything is undone already; what went wrong first is what must be heard.
        isBroken = await tell(connection, `rollback to savepoint ${savepoint}`, 'savepoint').then(
          () => wasBroken,
          () => true,
        )
        throw error
      }
    },
    async commit() {
      if (isBroken && !connection.isClosed)
        throw problem('connectors.target-error', { sqlstate: '25000', what: 'commit' })
      await tell(connection, `release savepoint ${beginning}`, 'commit')
      isOpen = false
      await tell(connection, 'commit', 'commit')
      await connection[Symbol.asyncDispose]()
    },
    async [Symbol.asyncDispose]() {
      // Waited for, so that the locks are gone when we say so.
      if (isOpen && !connection.isClosed)
        await tell(connection, 'rollback', 'rollback').catch(() => undefined)
      await connection[Symbol.asyncDispose]()
    },
  }
}
