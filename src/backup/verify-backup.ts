import type { Context } from '../platform/context.ts'
import type { Db } from '../platform/database.ts'
import { openPool } from '../platform/database.ts'
import { openCluster } from '../platform/embedded-postgres.ts'
import { name, sql } from '../platform/sql.ts'
import { loadPart } from './load-part.ts'
import { partFiles, tablesOf, type Written } from './parts.ts'
import { problem } from './problems.ts'
import { openScratch, scratchCluster } from './scratch.ts'
import type { Secret } from './secret.ts'
import { hashOfPieces } from './sections.ts'
import { rowsOf, shapeOf, writeAlike } from './table-rows.ts'

/**
 * Restores both files into databases of a PostgreSQL that is started for it and thrown away, and compares rows and hashes of every
 * table and file with what was written. Needs no right on anybody's server. Throws `backup.differs`.
 */
export async function verifyBackup(
  ctx: Context,
  directory: string,
  secrets: { readonly main: Secret; readonly keys: Secret },
  written: Readonly<Record<'main' | 'keys', Written>>,
  onProgress: (what: string, done: number, total: number) => void,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  // The same each time: whoever comes after a kill has to stop what went on running.
  const password = ctx.keyring.derived('index', 'verification cluster').export().toString('base64url')
  const scratch = stack.use(await openScratch(ctx.paths.data, 'verifying', password))
  const cluster = await openCluster(scratchCluster(scratch.path, password))
  stack.defer(() => cluster.close())
  for (const part of ['main', 'keys'] as const) {
    const database = `verified_${part}`
    {
      await using admin = openPool(cluster.url('postgres'), 'dossier verification', { max: 1 })
      await admin.run(sql`create database ${name(database)}`)
    }
    await using db = openPool(cluster.url(database), 'dossier verification', {
      max: 1,
      idleInTransactionMs: 0,
    })
    const file = { directory, name: partFiles[part], part, secret: secrets[part] }
    await db.transaction(async (tx) => {
      const { read } = await loadPart(tx, file, ctx.now(), readThrough, onProgress)
      compare(written[part], read)
      for (const table of tablesOf[part])
        if (table !== 'platform.migration') await compareTable(tx, table, written[part])
    })
  }
}

async function readThrough(_: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  for await (const _piece of pieces);
}

function compare(written: Written, read: Written): void {
  for (const what of new Set([...written.keys(), ...read.keys()])) {
    const [a, b] = [written.get(what), read.get(what)]
    if (!a || !b || a.pieces !== b.pieces || a.sha256 !== b.sha256) throw problem('backup.differs', { what })
  }
}

/** What stands in the restored table, written down as the original was. */
async function compareTable(tx: Db, table: string, written: Written): Promise<void> {
  await writeAlike(tx)
  const shape = await shapeOf(tx, table)
  const hash = hashOfPieces({ table, columns: [...shape.columns] })
  for await (const row of rowsOf(tx, shape)) hash.add(row)
  compare(new Map([[table, hash.end()]]), new Map([...written].filter(([what]) => what === table)))
}
