import { fork } from 'node:child_process'
import { once } from 'node:events'
import { customersDesk, type Locks, type Waits, watchLocks } from './batch-watch.ts'

/** Those who stand beside the erasing, in a process of their own: in the same they would see nothing while it is at work. */

interface Asked {
  readonly url: string
  readonly database: string
  readonly customerIds: readonly string[]
}

export interface Seen {
  readonly waits: Waits
  readonly locks: Locks
}

/** Begins to look on. Returns what ends it. */
export async function lookOn(asked: Asked): Promise<() => Promise<Seen>> {
  const child = fork(import.meta.filename, [import.meta.filename], { serialization: 'advanced' })
  const left = once(child, 'exit')
  child.send(asked)
  await once(child, 'message')
  return async () => {
    const answer = once(child, 'message')
    child.send('end')
    const [seen] = (await answer) as [Seen]
    await left
    return seen
  }
}

if (process.send && process.argv[2] === import.meta.filename) {
  const [{ url, database, customerIds }] = (await once(process, 'message')) as [Asked]
  const [closeDesk, endWatch] = [customersDesk(url, customerIds), watchLocks(url, database)]
  process.send('begun')
  await once(process, 'message')
  const [waits, locks] = await Promise.all([closeDesk(), endWatch()])
  process.send({ waits, locks } satisfies Seen, () => process.disconnect())
}
