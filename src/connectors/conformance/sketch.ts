import type {
  Cell,
  CollectionDescription,
  Driver,
  FieldKind,
  FoundRow,
  ReadSession,
  WriteSession,
} from '../connector.ts'

/** A collection the suite wants to exist, in words that every kind of target can be told. */
export interface Sketch {
  readonly name: string
  readonly fields: readonly FieldSketch[]
  readonly key?: readonly string[]
  readonly uniques?: readonly (readonly string[])[]
  readonly checks?: readonly {
    readonly name: string
    readonly field: string
    readonly among: readonly string[]
  }[]
  readonly foreignKeys?: readonly {
    readonly name: string
    readonly fields: readonly string[]
    readonly to: string
    readonly toFields: readonly string[]
  }[]
  readonly rows: readonly (readonly Cell[])[]
}

export interface FieldSketch {
  readonly name: string
  readonly kind: FieldKind
  readonly required?: boolean
  readonly maxLength?: number
}

/** How a driver is put through the suite. */
export interface Candidate {
  readonly name: string
  readonly driver: Driver
  /** What this kind of target knows of; what it does not, the suite does not ask for. */
  readonly knows: {
    /** Types, keys, NOT NULL, UNIQUE, CHECK and foreign keys. */
    readonly constraints: boolean
    /** Refuses text longer than its declared length, and text that is not of the column's type. */
    readonly strictTypes: boolean
    /** Whether it holds rows to a CHECK. */
    readonly checks: boolean
    /** NULL is not the empty text. */
    readonly nulls: boolean
    /** Takes other limits of time in the middle of a transaction. */
    readonly hurry: boolean
  }
  /** The most characters a cell may be given, where that is not many. */
  readonly longestCell?: number
  /** So many names do for a usual run, where each takes long. */
  readonly fewNames?: number
  /** Whether a field or a collection can be called so; without it, all can. */
  holds?(name: string, of: 'field' | 'collection'): boolean
  /** The same text for names that the target takes for one. */
  means?(name: string): string
  create(sketches: readonly Sketch[]): Promise<Prepared>
}

export interface Prepared {
  readonly secret: string
  /** The name under which the driver describes a sketch. */
  collection(sketch: string): string
  drop(): Promise<void>
}

export const limits = { statementTimeoutMs: 20_000, lockTimeoutMs: 300 }

/** Makes a target, lets `work` use it, and clears it away. */
export async function withTarget(
  candidate: Candidate,
  sketches: readonly Sketch[],
  work: (
    target: Prepared & { read(): Promise<ReadSession>; write(): Promise<WriteSession> },
  ) => Promise<void>,
): Promise<void> {
  const prepared = await candidate.create(sketches)
  const { driver } = candidate
  try {
    await work({
      ...prepared,
      read: () => driver.openRead(prepared.secret, limits),
      write: () => driver.openWrite(prepared.secret, limits),
    })
  } finally {
    await prepared.drop()
  }
}

/** Every row, with the cells of these fields, in a fixed order. */
export async function everything(
  session: ReadSession,
  collection: string,
  fields: readonly string[],
): Promise<readonly (readonly Cell[])[]> {
  const rows = await Array.fromAsync(session.stream(collection, fields), (row) => row.cells)
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

export const cellsOf = async (rows: AsyncIterable<FoundRow>): Promise<readonly (readonly Cell[])[]> =>
  (await Array.fromAsync(rows, (row) => row.cells)).toSorted((a, b) =>
    JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
  )

export async function describedAs(session: ReadSession, collection: string): Promise<CollectionDescription> {
  const found = (await session.describe()).collections.find(({ name }) => name === collection)
  if (!found) throw new Error(`the driver does not describe ${collection}`)
  return found
}

export const text = (name: string): FieldSketch => ({ name, kind: 'text' })
