import { realpath } from 'node:fs/promises'
import type { ReadSession, SessionLimits, WriteSession } from '../connector.ts'
import { paceOf } from '../pace.ts'
import { changeMark } from './change-mark.ts'
import { listFiles } from './directory.ts'
import { lockDirectory } from './lock.ts'
import { pendingWork } from './pending.ts'
import { count, describe, find, type Reading, sample, search, stream, tableOf } from './read.ts'
import { type Replacement, removeDrafts, replaceFiles } from './replace.ts'
import { workbookReaders } from './workbook/process.ts'
import { change, remove, type Writing } from './write.ts'

/** The statement timeout has no say here: a file is read as long as it takes, in steps that never block. */
export async function openReadSession(directory: string, limits: SessionLimits): Promise<ReadSession> {
  await listFiles(directory)
  const readers = workbookReaders()
  return {
    ...reading({
      directory,
      pending: null,
      tables: new Map(),
      records: new Map(),
      readers,
      pace: paceOf(limits.load),
    }),
    [Symbol.asyncDispose]: () => readers[Symbol.asyncDispose](),
  }
}

export async function openWriteSession(directory: string, limits: SessionLimits): Promise<WriteSession> {
  const listed = await listFiles(directory)
  const lock = await lockDirectory(await realpath(directory), limits.lockTimeoutMs)
  try {
    await removeDrafts(listed)
    return writing(
      {
        directory,
        pending: pendingWork(),
        tables: new Map(),
        records: new Map(),
        readers: workbookReaders(),
        // Nobody waits for it, so it waits for others.
        pace: paceOf(100),
      },
      lock,
    )
  } catch (error) {
    await lock[Symbol.asyncDispose]()
    throw error
  }
}

const reading = (from: Reading): Omit<ReadSession, typeof Symbol.asyncDispose> => ({
  blocksNobody: true,
  describe: () => describe(from),
  sample: (collection, limit) => sample(from, collection, limit),
  find: (query) => find(from, query),
  count: (query) => count(from, query),
  stream: (collection, fields) => stream(from, collection, fields),
  search: (wanted) => search(from, wanted),
  changeMark: async (collection) => changeMark((await tableOf(from, collection)).file.path),
})

function writing(to: Writing, lock: AsyncDisposable): WriteSession {
  let isOpen = true
  const close = async () => {
    if (isOpen) await lock[Symbol.asyncDispose]()
    await to.readers[Symbol.asyncDispose]()
    isOpen = false
  }
  return {
    ...reading(to),
    change: (collection, changes) => change(to, collection, changes),
    remove: (collection, keys) => remove(to, collection, keys),
    async savepoint(work) {
      const savepoint = to.pending.savepoint()
      try {
        const result = await work()
        savepoint.release()
        return result
      } catch (error) {
        savepoint.undo()
        throw error
      }
    },
    async commit() {
      try {
        await replaceFiles(replacementsFor(to))
      } finally {
        await close()
      }
    },
    [Symbol.asyncDispose]: close,
  }
}

/** One for each file, with all that became of its collections: a workbook has several. */
function replacementsFor({ pending, tables }: Writing): readonly Replacement[] {
  const changed = pending.collections().flatMap((collection) => tables.get(collection) ?? [])
  const files = Map.groupBy(changed, ({ file }) => file.path)
  return [...files.values()].flatMap((inFile) => {
    const [first] = inFile
    const revisions = new Map(inFile.map(({ name }) => [name, pending.revision(name)]))
    return first ? [{ file: first.file, write: (draft) => first.rewrite(revisions, draft) }] : []
  })
}
