import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { SystemDescription } from '../connectors/public.ts'
import type { SignedDocument } from '../evidence/public.ts'
import type { Holdings } from '../holdings/public.ts'
import type { DataMap } from '../inventory/public.ts'
import type { Json } from '../platform/bytes.ts'
import type { Language } from '../platform/texts.ts'
import { contentsOf } from './access-contents.ts'
import { collectionCsv, collectionJson } from './access-files.ts'
import { manifestOf, type PackageFile } from './access-manifest.ts'
import { accessPage } from './access-page.ts'
import { problem } from './problems.ts'

export interface AccessPackageOptions {
  readonly holdings: Holdings
  readonly map: DataMap
  /** The systems as they were when they were read, by name: for the kinds of values. */
  readonly descriptions: Readonly<Record<string, SystemDescription>>
  /** The person's. */
  readonly language: Language
  readonly requestId: string
  readonly createdAt: Date
  readonly controllerNames: readonly string[]
  readonly sign: (document: Json) => SignedDocument | Promise<SignedDocument>
  /** Where the zip goes; replaced if it exists. */
  readonly file: string
}

export interface AccessPackage {
  readonly file: string
  /** Of the whole zip, hex. */
  readonly sha256: string
  readonly collections: number
  readonly rows: number
}

/**
 * Writes a person's copy (Art. 15 and 20 GDPR) as a zip: `index.html` to read, JSON and CSV per collection, and a signed
 * manifest. Nothing stands under its name before it is complete and on disk. Throws `requests.package-unwritable`.
 */
export async function writeAccessPackage(options: AccessPackageOptions): Promise<AccessPackage> {
  const { file } = options
  const temporary = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomUUID()}`)
  try {
    const written = await writeZip(options, temporary)
    await rename(temporary, file)
    await syncDirectory(dirname(file))
    return written
  } catch (error) {
    await rm(temporary, { force: true })
    throw isSystemError(error)
      ? problem('requests.package-unwritable', { file, reason: error.code }, error)
      : error
  }
}

async function writeZip(options: AccessPackageOptions, temporary: string): Promise<AccessPackage> {
  const { requestId, createdAt, language, controllerNames, map } = options
  const contents = contentsOf(options.holdings, map, options.descriptions)
  const files: PackageFile[] = []
  const guardedCells = new Map<string, number>()
  const zip = new ZipFile()
  const add = (path: string, rows: number | null, pieces: () => Iterable<string>) =>
    addEntry(zip, path, createdAt, async () =>
      measured(pieces(), (size) => files.push({ path, ...size, rows })),
    )

  add('index.html', null, () =>
    accessPage({ contents, language, requestId, createdAt, controllerNames, country: map.country }).map(
      String,
    ),
  )
  for (const collection of contents.collections) {
    const csv = `${collection.path}.csv`
    add(`${collection.path}.json`, collection.rows.length, () => collectionJson(collection))
    add(csv, collection.rows.length, () =>
      collectionCsv(collection, () => guardedCells.set(csv, (guardedCells.get(csv) ?? 0) + 1)),
    )
  }
  // Last, because it names every other file's digest: an entry is asked for its content when its turn comes.
  addEntry(zip, 'manifest.json', createdAt, async () => {
    const manifest = manifestOf({
      contents,
      files,
      guardedCells,
      requestId,
      createdAt,
      language,
      controllerNames,
    })
    return [`${JSON.stringify(await options.sign(manifest), null, 2)}\n`]
  })
  zip.end()
  const sha256 = await store(zip, temporary)
  const rows = contents.collections.reduce((sum, one) => sum + one.rows.length, 0)
  return { file: options.file, sha256, collections: contents.collections.length, rows }
}

/** yazl passes on no error of the streams it is given: this one tells the zip itself. */
function addEntry(
  zip: ZipFile,
  path: string,
  mtime: Date,
  content: () => Promise<Iterable<string | Buffer>>,
): void {
  zip.addReadStreamLazy(path, { mtime, mode: 0o100600 }, (done) => {
    content().then(
      (pieces) => {
        const stream = Readable.from(pieces, { objectMode: false })
        stream.on('error', (error) => zip.emit('error', error))
        done(null, stream)
      },
      (error: unknown) => zip.emit('error', error),
    )
  })
}

function* measured(
  pieces: Iterable<string>,
  onEnd: (size: { sha256: string; bytes: number }) => void,
): Generator<Buffer> {
  const hash = createHash('sha256')
  let bytes = 0
  for (const piece of pieces) {
    const buffer = Buffer.from(piece)
    hash.update(buffer)
    bytes += buffer.length
    yield buffer
  }
  onEnd({ sha256: hash.digest('hex'), bytes })
}

/** For its owner alone (0600), and on disk when this returns. Answers the digest of the whole. */
async function store(zip: ZipFile, temporary: string): Promise<string> {
  const hash = createHash('sha256')
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  zip.on('error', (error: Error) => watch.destroy(error))
  await pipeline(
    zip.outputStream,
    watch,
    createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true }),
  )
  return hash.digest('hex')
}

/** A rename is durable once its directory is; file systems that cannot sync one have their own ways. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch(() => null)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { readonly code: string } =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
