import type { Db } from '../platform/database.ts'
import type { Scope } from '../platform/scopes.ts'
import { raw, type Sql, sql } from '../platform/sql.ts'

/** An API key as it may be shown: without its token, which nobody has but its holder. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  /** To the minute. */
  readonly lastUsedAt: Date | null
}

const columns: Sql = raw('k.id, k.name, k.scopes, k.created_at, k.expires_at, k.revoked_at, k.last_used_at')

export const insertKey = (db: Db, key: ApiKey, tokenHash: Buffer): Promise<number> =>
  db.run(
    sql`insert into access.api_key (id, name, token_hash, scopes, created_at, expires_at)
        values (${key.id}, ${key.name}, ${tokenHash}, ${key.scopes}, ${key.createdAt}, ${key.expiresAt})`,
  )

export const allKeys = (db: Db): Promise<readonly ApiKey[]> =>
  db.rows<ApiKey>(sql`select ${columns} from access.api_key k order by k.created_at, k.id`)

export const keyById = (db: Db, id: string): Promise<(ApiKey & { readonly tokenHash: Buffer }) | undefined> =>
  db.row(sql`select ${columns}, k.token_hash from access.api_key k where k.id = ${id}`)

/** Returns 0 where the key is unknown or revoked already. */
export const markRevoked = (db: Db, id: string, at: Date): Promise<number> =>
  db.run(sql`update access.api_key k set revoked_at = ${at} where k.id = ${id} and k.revoked_at is null`)

export const markUsed = (db: Db, id: string, at: Date): Promise<number> =>
  db.run(sql`update access.api_key k set last_used_at = ${at} where k.id = ${id}`)
