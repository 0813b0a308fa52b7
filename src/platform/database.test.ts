import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { administer, freshDatabase, postgresServer } from '../../test/servers.ts'
import { openPool } from './database.ts'
import { sql } from './sql.ts'

test('a connection that dies inside a transaction fails that transaction, and nothing else', async () => {
  const server = await postgresServer()
  const database = await freshDatabase(server)
  try {
    await using pool = openPool(database.url, 'dossier test', 1)
    const dying = pool.transaction(async (db) => {
      const own = await db.row<{ pid: number }>(sql`select pg_catalog.pg_backend_pid() as pid`)
      await administer(server, `select pg_terminate_backend(${own?.pid})`)
      // Nobody waits for an answer when the word comes that it is over.
      await sleep(200)
      return db.row(sql`select 1 as one`)
    })
    await assert.rejects(dying)
    assert.deepEqual(await pool.row(sql`select 2 as two`), { two: 2 })
  } finally {
    await database.drop()
  }
})
