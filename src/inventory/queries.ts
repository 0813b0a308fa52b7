import type { SystemDescription } from '../connectors/public.ts'
import type { Db } from '../platform/database.ts'
import { type Sql, sql } from '../platform/sql.ts'
import type { FieldProposal } from './classify/proposal.ts'
import type { DataMap } from './data-map.ts'
import type { ScanLinks } from './links/scan-links.ts'
import type { System } from './system.ts'

/** Every statement on the schema `inventory`. */

/** A system with its sealed secrets. */
export interface StoredSystem extends System {
  readonly sealedSecret: Buffer
  readonly sealedEraseSecret: Buffer | null
}

const systemColumns = sql`
  s.id, s.name, s.scheme, s.shown_url as url, s.erase_shown_url as erase_url, s.controller, s.load, s.added_at,
  s.sealed_secret, s.sealed_erase_secret`

export const systemByName = (db: Db, name: string): Promise<StoredSystem | undefined> =>
  db.row<StoredSystem>(sql`select ${systemColumns} from inventory.system s where s.name = ${name}`)

export const allSystems = (db: Db): Promise<readonly StoredSystem[]> =>
  db.rows<StoredSystem>(sql`select ${systemColumns} from inventory.system s order by s.name`)

/** False when the name is taken. */
export async function insertSystem(db: Db, system: StoredSystem): Promise<boolean> {
  const rows = await db.run(
    sql`insert into inventory.system
          (id, name, scheme, shown_url, sealed_secret, erase_shown_url, sealed_erase_secret, controller, load, added_at)
        values (${system.id}, ${system.name}, ${system.scheme}, ${system.url}, ${system.sealedSecret},
          ${system.eraseUrl}, ${system.sealedEraseSecret}, ${system.controller}, ${system.load}, ${system.addedAt})
        on conflict (name) do nothing`,
  )
  return rows === 1
}

/** False when it is gone. */
export async function updateSystem(db: Db, system: StoredSystem): Promise<boolean> {
  const rows = await db.run(
    sql`update inventory.system s
        set shown_url = ${system.url}, sealed_secret = ${system.sealedSecret}, erase_shown_url = ${system.eraseUrl},
          sealed_erase_secret = ${system.sealedEraseSecret}, controller = ${system.controller}, load = ${system.load}
        where s.id = ${system.id}`,
  )
  return rows === 1
}

export async function deleteSystem(db: Db, id: string): Promise<void> {
  await db.run(sql`delete from inventory.scan c where c.system_id = ${id}`)
  await db.run(sql`delete from inventory.system s where s.id = ${id}`)
}

/** By collection, in the order of the description's fields. */
export type Proposals = Readonly<Record<string, readonly FieldProposal[]>>

/** What a scan learnt: the shape of a system, and for each collection what its fields seem to be. */
export interface StoredScan {
  readonly system: string
  readonly at: Date
  /** Rows looked at per collection. */
  readonly sample: number
  readonly description: SystemDescription
  readonly proposals: Proposals
  readonly links: ScanLinks
}

/** Enough to see how a system came to its shape, without growing for ever. */
const keptScans = 10

export async function insertScan(
  db: Db,
  scan: Omit<StoredScan, 'system'> & { readonly id: string; readonly systemId: string },
): Promise<void> {
  await db.run(
    sql`insert into inventory.scan (id, system_id, at, sample, fingerprint, description, proposals, links)
        values (${scan.id}, ${scan.systemId}, ${scan.at}, ${scan.sample}, ${scan.description.fingerprint},
          ${JSON.stringify(scan.description)}, ${JSON.stringify(scan.proposals)},
          ${JSON.stringify(scan.links)})`,
  )
  await db.run(
    sql`delete from inventory.scan c
        where c.system_id = ${scan.systemId} and c.id not in (
          select k.id from inventory.scan k where k.system_id = ${scan.systemId}
          order by k.at desc, k.id desc limit ${keptScans})`,
  )
}

/** The last scan of each system that was ever scanned, by name. */
export const latestScansOf = (db: Db): Promise<readonly StoredScan[]> =>
  db.rows<StoredScan>(
    sql`select s.name as system, c.at, c.sample, c.description, c.proposals, c.links
        from inventory.system s
        cross join lateral (
          select c.at, c.sample, c.description, c.proposals, c.links from inventory.scan c
          where c.system_id = s.id order by c.at desc, c.id desc limit 1) c
        order by s.name`,
  )

/** Of each system its last scan and the one before, the last first. */
export const lastTwoScans = (db: Db): Promise<readonly StoredScan[]> =>
  db.rows<StoredScan>(
    sql`select s.name as system, c.at, c.sample, c.description, c.proposals, c.links
        from inventory.system s
        cross join lateral (
          select c.id, c.at, c.sample, c.description, c.proposals, c.links from inventory.scan c
          where c.system_id = s.id order by c.at desc, c.id desc limit 2) c
        order by s.name, c.at desc, c.id desc`,
  )

export const lastScanOf = (db: Db, systemId: string): Promise<Omit<StoredScan, 'system'> | undefined> =>
  db.row(
    sql`select c.at, c.sample, c.description, c.proposals, c.links from inventory.scan c
        where c.system_id = ${systemId} order by c.at desc, c.id desc limit 1`,
  )

/** When each system was last scanned, without the weight of what was seen. */
export const scanTimes = (db: Db): Promise<readonly { readonly systemId: string; readonly at: Date }[]> =>
  db.rows(sql`select c.system_id, max(c.at) as at from inventory.scan c group by c.system_id`)

/** How a version came to be: accepted from a scan, imported from a file, or left behind by a system that was removed. */
export type MapOrigin = 'accepted' | 'imported' | 'system-removed'

export interface StoredMap {
  readonly number: number
  readonly sha256: string
  readonly map: DataMap
  readonly origin: MapOrigin
  readonly at: Date
  readonly actorKind: string
  readonly actorId: string
}

const newestMap = (columns: Sql): Sql =>
  sql`select ${columns} from inventory.map_version v order by v.number desc limit 1`

export const latestMap = (db: Db): Promise<StoredMap | undefined> =>
  db.row<StoredMap>(newestMap(sql`v.number, v.sha256, v.map, v.origin, v.at, v.actor_kind, v.actor_id`))

/** False when that number exists: somebody else stored a version meanwhile. */
export async function insertMap(db: Db, version: StoredMap): Promise<boolean> {
  const rows = await db.run(
    sql`insert into inventory.map_version (number, sha256, map, origin, at, actor_kind, actor_id)
        values (${version.number}, ${version.sha256}, ${JSON.stringify(version.map)}, ${version.origin},
          ${version.at}, ${version.actorKind}, ${version.actorId})
        on conflict (number) do nothing`,
  )
  return rows === 1
}
