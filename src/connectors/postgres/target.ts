import { isProblem } from '../../platform/problem.ts'
import { type Definitions, definitionStatements, type RelationRow, relationStatement } from './catalogue.ts'
import { markStatement } from './catalogue-mark.ts'
import type { Answer, Connection } from './connection.ts'
import { type Folding, readFolding } from './folding.ts'
import { type Shape, shapeOf } from './shape.ts'

/** What must be known of a target before anything can be asked of it. */
export interface Target {
  /** E.g. `PostgreSQL 18.4`. */
  readonly engine: string
  readonly shape: Shape
  readonly folding: Folding
}

/** What was last read at an address, under which mark. */
interface Kept extends Target {
  /** Null where there was none, or where it changed while it was read. */
  readonly mark: string | null
  readonly definitions: Definitions
  /** The relations as they were answered: where they are the same again, so is the shape. */
  readonly relations: string
  readonly characters: number
  readonly readAt: number
}

/** The last used at the end. */
const kept = new Map<string, Kept>()

/** A thousand tables take about ten million. */
const mostCharacters = 40_000_000
/** The mark tells every change we know of; of one that nobody thought of we learn this much later. */
const longestMs = 60_000

/**
 * Asks the target, inside a transaction. What is defined there is read only where the mark says that it changed, or where
 * there is no mark; what we may read, and how large it is, each time.
 */
export async function readTarget(connection: Connection): Promise<Target> {
  const head = await readHead(connection)
  const known = kept.get(connection.address)
  kept.delete(connection.address)
  const isSame =
    head.mark !== null && known?.mark === head.mark && performance.now() - known.readAt < longestMs
  const fresh = isSame ? withRelations(known, head.relations) : await readAll(connection, head)
  if (fresh.mark !== null) keep(connection.address, fresh)
  return fresh
}

interface Head {
  readonly relations: string
  readonly engine: string
  /** Null where the target gives none. */
  readonly mark: string | null
}

/** Under the catalogues' own search path, so that every type is printed with its schema. */
const amongCatalogues = (statements: readonly string[]): readonly string[] => [
  `select pg_catalog.set_config('dossier.search_path', pg_catalog.current_setting('search_path'), true),
    pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)`,
  ...statements,
  `select pg_catalog.set_config('search_path', pg_catalog.current_setting('dossier.search_path'), true)`,
]

const versionStatement = `select pg_catalog.current_setting('server_version')`
const reading = 'reading the catalogue'

async function readHead(connection: Connection): Promise<Head> {
  const marked = await connection.attempt(
    amongCatalogues([relationStatement, versionStatement, markStatement]),
    reading,
  )
  if (!isProblem(marked)) return headIn(marked)
  if (marked.code !== 'connectors.refused' && marked.code !== 'connectors.target-error') throw marked
  return headIn(await connection.script(amongCatalogues([relationStatement, versionStatement]), reading))
}

const headIn = (answers: readonly Answer[]): Head => {
  const [relations, version, mark] = answers.slice(1, -1).map(({ rows }) => rows[0]?.[0] ?? null)
  return { relations: relations ?? '[]', engine: engineName(version ?? ''), mark: mark ?? null }
}

async function readAll(connection: Connection, { relations, engine, mark }: Head): Promise<Kept> {
  const again = mark === null ? [] : [markStatement]
  const answers = await connection.script(amongCatalogues([...definitionStatements, ...again]), reading)
  const answered = answers.slice(1, -1).map(({ rows }) => rows[0]?.[0] ?? null)
  const texts = answered.slice(0, definitionStatements.length).map((text) => text ?? '[]')
  const [columns, constraints, uniques] = texts.map((text): unknown => JSON.parse(text))
  const definitions = { columns, constraints, uniques } as Definitions
  return {
    engine,
    shape: shapeIn(relations, definitions),
    folding: await readFolding(connection),
    mark: answered[definitionStatements.length] === mark ? mark : null,
    definitions,
    relations,
    characters: texts.reduce((sum, text) => sum + text.length, relations.length),
    readAt: performance.now(),
  }
}

const withRelations = (known: Kept, relations: string): Kept =>
  relations === known.relations
    ? known
    : { ...known, relations, shape: shapeIn(relations, known.definitions) }

function shapeIn(relations: string, definitions: Definitions): Shape {
  const rows: readonly RelationRow[] = JSON.parse(relations)
  return shapeOf({ relations: rows, ...definitions })
}

/** What was kept of all targets is read again when it is next needed. */
export function forgetTargets(): void {
  kept.clear()
}

/** Whatever was used longest ago makes room. */
function keep(address: string, one: Kept): void {
  kept.set(address, one)
  let characters = kept.values().reduce((sum, each) => sum + each.characters, 0)
  for (const [other, { characters: freed }] of kept) {
    if (characters <= mostCharacters) return
    kept.delete(other)
    characters -= freed
  }
}

/** `18.4 (Debian 18.4-1)` → `PostgreSQL 18.4`. */
export const engineName = (version: string): string => `PostgreSQL ${version.split(' ')[0]}`
