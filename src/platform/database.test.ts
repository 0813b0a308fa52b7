import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { administer, freshDatabase, postgresServer } from '../../test/servers.ts'
import { openPool } from './database.ts'
import { isDatabaseLost } from './database-lost.ts'
import { sql } from './sql.ts'

test('a connection that dies inside a transaction fails that transaction, and nothing else', async () => {
  const server = await postgresServer()
  const database = await freshDatabase(server)
  try {
    await using pool = openPool(database.url, 'dossier test', { max: 1 })
    const dying = pool.transaction(async (db) => {
      const own = await db.row<{ pid: number }>(sql`select pg_catalog.pg_backend_pid() as pid`)
      await administer(server, `select pg_terminate_backend(${own?.pid})`)
      // Nobody waits for an answer when the word comes that it is over.
      await sleep(200)
      return db.row(sql`select 1 as one`)
    })
    await assert.rejects(dying, isDatabaseLost)
    assert.deepEqual(await pool.row(sql`select 2 as two`), { two: 2 })
  } finally {
    await database.drop()
  }
})

test('a process stopped in the middle of a transaction holds its rows for a while, and not until it wakes', async () => {
  const database = await freshDatabase(await postgresServer())
  try {
    await using stopped = openPool(database.url, 'dossier test', { max: 1, idleInTransactionMs: 200 })
    await using other = openPool(database.url, 'dossier test', { max: 1 })
    await other.run(sql`create table public.step (id int primary key, worker text)`)
    await other.run(sql`insert into public.step values (1, 'nobody')`)
    const take = (worker: string) => sql`update public.step set worker = ${worker} where id = 1`
    const woken = stopped.transaction(async (db) => {
      await db.run(take('stopped'))
      await other.run(take('other'))
      return db.run(take('woken'))
    })
    await assert.rejects(woken, isDatabaseLost)
    assert.deepEqual(await other.rows(sql`select worker from public.step`), [{ worker: 'other' }])
    assert.equal(await stopped.run(take('stopped, later')), 1, 'and its process goes on with another session')
  } finally {
    await database.drop()
  }
})

test('a transaction that may take its time is left alone', async () => {
  const database = await freshDatabase(await postgresServer())
  try {
    await using pool = openPool(database.url, 'dossier test', { max: 1, idleInTransactionMs: 0 })
    const shown = pool.transaction((db) => db.row(sql`show idle_in_transaction_session_timeout`))
    assert.deepEqual(await shown, { idleInTransactionSessionTimeout: '0' })
  } finally {
    await database.drop()
  }
})
