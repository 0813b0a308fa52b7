import { createHmac } from 'node:crypto'
import type { EpochKeys } from './config.ts'
import type { Db } from './database.ts'
import { type Keyring, openKeyring } from './keyring.ts'
import { problem } from './problems.ts'
import { sql } from './sql.ts'

const checkedKeys = ['index', 'tombstone', 'connectors'] as const

/** Says in the main database that its database of keys has check values too: from then on one without them is not it. */
const both = 'keys-database'

/**
 * Opens the key directory beside both databases. Keys may be made only while the main database knows none; afterwards
 * each is compared with the check value it left in either, so that neither another's keys nor another's database is taken
 * for ours. Throws `platform.key-of-another` and `platform.keys-database-other`, and what `openKeyring` throws.
 */
export async function openCheckedKeyring(
  { directory, epochKeys }: { readonly directory: string; readonly epochKeys: EpochKeys },
  main: Db,
  keys: Db,
  now: Date,
): Promise<Keyring> {
  const known = await checkValues(main)
  const keyring = await openKeyring(directory, { create: known.size === 0, epochKeys })
  for (const key of checkedKeys)
    if (isOther(known.get(key), checkValue(keyring, key))) throw problem('platform.key-of-another', { key })
  const inKeys = await checkValues(keys)
  const isStrange = checkedKeys.some((key) => isOther(inKeys.get(key), checkValue(keyring, key)))
  if (isStrange || (known.has(both) && inKeys.size === 0)) throw problem('platform.keys-database-other')
  for (const key of checkedKeys) {
    const value = checkValue(keyring, key)
    if (!known.has(key)) await keep(main, key, value, now)
    if (!inKeys.has(key)) await keep(keys, key, value, now)
  }
  if (!known.has(both)) await keep(main, both, checkValue(keyring, 'index'), now)
  return keyring
}

const isOther = (before: Buffer | undefined, value: Buffer): boolean =>
  before !== undefined && !before.equals(value)

function checkValue(keyring: Keyring, key: (typeof checkedKeys)[number]): Buffer {
  const secret = key === 'connectors' ? keyring.connectors : keyring.derived(key, 'check')
  return createHmac('sha256', secret).update(`dossier key check ${key}`).digest()
}

async function checkValues(db: Db): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await db.rows<{ name: string; checkValue: Buffer }>(
    sql`select k.name, k.check_value from platform.key_check k`,
  )
  return new Map(rows.map((row) => [row.name, row.checkValue]))
}

async function keep(db: Db, key: string, value: Buffer, now: Date): Promise<void> {
  await db.run(
    sql`insert into platform.key_check (name, check_value, created_at) values (${key}, ${value}, ${now})
        on conflict do nothing`,
  )
}
