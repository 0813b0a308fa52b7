/**
 * The contract between Dossier and a system that holds personal data. A driver per kind of system; all of them pass
 * `conformance.ts`. Whatever a driver throws is a Problem of `problems.ts`, without values from the target.
 */

/** A value as the target prints it; binary is hex behind `\x`. A driver never loses a digit by passing through a number. */
export type Cell = string | null

export type FieldKind =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'uuid'
  | 'json'
  | 'binary'
  | 'enum'
  | 'array'
  | 'other'

export interface FieldDescription {
  readonly name: string
  /** The type as the target writes it, e.g. `character varying(40)`. */
  readonly type: string
  readonly kind: FieldKind
  readonly nullable: boolean
  /** In characters; null where there is no limit. */
  readonly maxLength: number | null
  /** Computed by the target: never written. */
  readonly generated: boolean
  readonly default: string | null
  readonly comment: string | null
  /** The only values allowed, where an enum type or a plain CHECK … IN says so. */
  readonly values: readonly string[] | null
  /** Only of a field that is a path in the documents of a column (`documents/`); drivers describe none. */
  readonly within?: Within
}

/** Where in the documents of a column a field stands. */
export interface Within {
  /** The column. */
  readonly field: string
  /** `$.contacts[*].email` */
  readonly path: string
  /** Up to its last `[*]`: there its cells are lists, and fields that share it speak of the same elements. */
  readonly elements: string | null
}

export interface ForeignKey {
  readonly name: string
  readonly fields: readonly string[]
  readonly to: string
  readonly toFields: readonly string[]
  readonly onDelete: 'restrict' | 'cascade' | 'set-null' | 'set-default'
  readonly deferrable: boolean
}

export interface Check {
  readonly name: string
  readonly expression: string
  readonly fields: readonly string[]
}

export interface CollectionDescription {
  /** `schema.table`, a SQLite table, or a file's path below its directory. */
  readonly name: string
  readonly kind: 'table' | 'view' | 'file'
  /** A view with rows of its own: a copy like any other, which nobody can write. */
  readonly materialised?: true
  readonly comment: string | null
  /** An estimate where counting would read the whole table; exact for files and SQLite. */
  readonly rows: number
  readonly fields: readonly FieldDescription[]
  /** Fields that name a row for good (primary key, or a UNIQUE over NOT NULL fields); empty: see `RowKey`. */
  readonly key: readonly string[]
  /** Every set of fields that no two rows may share, the primary key among them. */
  readonly uniques: readonly (readonly string[])[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly checks: readonly Check[]
  readonly writable: boolean
  /** Why it could not be read: one of `reasons.ts`, in a file with `line N: ` before it; null when it can. */
  readonly unreadable: string | null
}

export interface SystemDescription {
  /** E.g. `PostgreSQL 18.4`. */
  readonly engine: string
  readonly collections: readonly CollectionDescription[]
  /** SHA-256, hex, of the shape (not of row counts): a plan made under another fingerprint is stale. */
  readonly fingerprint: string
}

/**
 * Names one row: the JSON text of its key's cells. In a collection without key it is a place (ctid, rowid, line), valid
 * only until the session that gave it out writes to the collection in another way; in another session it may be the place
 * of another row by now. What cannot be written to is named by a hash of all it holds: rows that are alike share it.
 */
export type RowKey = string

/**
 * `none` compares as stored; `lower` trims and ignores case; `digits` compares by digits alone, and by the last nine of
 * them when both sides have nine or more, so that national and international forms of a phone meet. Folded, a driver may
 * answer with too much (callers test each hit again), never with too little; `none` is exact, but for what a column's own
 * collation calls equal.
 */
export type Fold = 'none' | 'lower' | 'digits'

/** Rows whose `fields`, folded, equal one of `values` (tuples in the order of `fields`; already folded). */
export interface Match {
  readonly fields: readonly string[]
  readonly fold: Fold
  readonly values: readonly (readonly string[])[]
}

export interface RowQuery {
  readonly collection: string
  /** Any of these; together with `keys` a union. An empty query finds nothing. */
  readonly matches?: readonly Match[]
  readonly keys?: readonly RowKey[]
  /** Which cells to bring back. */
  readonly fields: readonly string[]
}

export interface FoundRow {
  readonly key: RowKey
  /** In the order of the query's `fields`. */
  readonly cells: readonly Cell[]
}

/** A piece of text to look for anywhere inside a cell: `lower` ignores case, `digits` looks at the cell's digits alone. */
export interface Needle {
  readonly fold: 'lower' | 'digits'
  readonly text: string
}

export interface TextSearch {
  readonly collection: string
  /** Fields of any kind; they are compared in their printed form. */
  readonly fields: readonly string[]
  readonly needles: readonly Needle[]
}

/** What the engine shows of a collection's past without reading it. Kept, and compared with what it shows the next time. */
export interface ChangeMark {
  /** Names this history of the data; another one: it was restored, or comes from elsewhere. */
  readonly lineage: string
  /** A whole number that only grows within a lineage; a smaller one: an older state came back. */
  readonly position: string
  /** Equal marks: no row was added or changed in between. */
  readonly state: string
}

export interface DescribeOptions {
  /**
   * False: row counts are what the target can guess without counting, 0 where that is nothing, and no collection is tried out,
   * so that `unreadable` says only what the catalogue tells. The fingerprint is the same. Default true.
   */
  readonly counts?: boolean
}

/** A read-only conversation with a target, under a statement timeout. */
export interface ReadSession extends AsyncDisposable {
  /** True where nobody but us waits for a writing session to end: files are put in the others' place at the commit. */
  readonly blocksNobody?: true
  describe(options?: DescribeOptions): Promise<SystemDescription>
  /** Up to `limit` rows, spread over the collection (a view: over its head); every field, in the description's order. */
  sample(collection: string, limit: number): Promise<readonly FoundRow[]>
  /** Each matching row once. A write session locks what it finds until it ends. */
  find(query: RowQuery): AsyncIterable<FoundRow>
  count(query: Omit<RowQuery, 'fields'>): Promise<number>
  /** Every row, in batches kept small enough to leave memory flat. */
  stream(collection: string, fields: readonly string[]): AsyncIterable<FoundRow>
  /** Rows with at least one needle in at least one of the fields; brings back those fields. */
  search(search: TextSearch): AsyncIterable<FoundRow>
  /** Null where nothing cheap tells whether the collection changed; absent where that is so for the whole kind of target. */
  changeMark?(collection: string): Promise<ChangeMark | null>
}

export interface RowChange {
  readonly key: RowKey
  readonly set: Readonly<Record<string, Cell>>
}

/** One transaction in the target: nothing is visible outside before `commit`, and disposal without it undoes all. */
export interface WriteSession extends ReadSession {
  /**
   * Returns the rows the target says it changed; several changes to one row count as one. Throws `connectors.constraint`
   * when the target refuses a value: then only a `savepoint` around it lets the session go on.
   */
  change(collection: string, changes: readonly RowChange[]): Promise<number>
  /** In this order, where one of them refers to another. Returns the rows the target says it removed. */
  remove(collection: string, keys: readonly RowKey[]): Promise<number>
  /**
   * From the next statement on the target ends whatever takes longer, or waits longer for others' locks, and the session
   * itself where the transaction takes longer from there on. Absent where it cannot be told so in the middle of one.
   */
  hurry?(limits: HurriedLimits): void
  /**
   * From here on nothing is read or written that would end later than in so many milliseconds, were it as long as the longest
   * of its kind so far: throws `connectors.timeout`. For a target that nothing interrupts; absent elsewhere.
   */
  endWithin?(ms: number): void
  /** Runs `work`; if it throws, what it wrote is undone and the session goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  commit(): Promise<void>
}

export interface HurriedLimits extends Pick<SessionLimits, 'statementTimeoutMs' | 'lockTimeoutMs'> {
  /** Until the commit. Its end is a lost connection (`connectors.unreachable`), and nothing was written. */
  readonly transactionTimeoutMs: number
}

export interface SessionLimits {
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  /** How much of the time a reading session may keep the target at work, in percent; 100 where it is not said. */
  readonly load?: number
  /** To sign in anew, where a session might else take up a connection that is open: for who tries an address. */
  readonly isNew?: boolean
}

export interface ProbeResult {
  readonly engine: string
  readonly latencyMs: number
}

/** A target's address with its secrets taken out, and the secrets. */
export interface ParsedUrl {
  /** Safe to show, without user or password: `postgres://db.example:5432/shop`. */
  readonly shown: string
  /** Everything the driver needs to connect; sealed before it is stored, never logged. */
  readonly secret: string
}

export interface Driver {
  /** The URL scheme, e.g. `postgres`. */
  readonly scheme: string
  /** Throws `connectors.url` with what is wrong and where. Relative paths are taken from `baseDirectory`. */
  parse(url: string, baseDirectory: string): ParsedUrl
  probe(secret: string, limits: SessionLimits): Promise<ProbeResult>
  openRead(secret: string, limits: SessionLimits): Promise<ReadSession>
  openWrite(secret: string, limits: SessionLimits): Promise<WriteSession>
  /** Hangs up whatever it kept open for sessions to come. */
  close?(): Promise<void>
}
