import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { Package } from './package.ts'

/** What becomes of parts by their names: other bytes, or null to leave one out. Parts not named stay as they are. */
export type NewParts = ReadonlyMap<string, (() => AsyncIterable<Buffer>) | null>

/** Writes a workbook's zip anew, its parts in their old order with their old dates, into a file that is there. */
export async function writePackage(zip: Package, parts: NewParts, path: string): Promise<void> {
  const written = new ZipFile()
  const failed = new Promise<never>((_, reject) => written.on('error', reject))
  failed.catch(() => undefined)
  for (const entry of zip.entries) {
    const { fileName: name, externalFileAttributes, compressionMethod } = entry
    const part = parts.get(name)
    if (part === null) continue
    const mode = externalFileAttributes >>> 16
    const options = {
      mtime: entry.getLastModDate(),
      ...(mode === 0 ? {} : { mode }),
      forceDosTimestamp: true,
    }
    if (name.endsWith('/')) written.addEmptyDirectory(name, options)
    else
      written.addReadStreamLazy(name, { ...options, compress: compressionMethod !== 0 }, (give) =>
        give(null, Readable.from(part ? part() : zip.bytes(name), { objectMode: false })),
      )
  }
  written.end()
  const output = Readable.from(written.outputStream as AsyncIterable<Buffer>, { objectMode: false })
  await Promise.race([pipeline(output, createWriteStream(path, { flags: 'r+' })), failed])
}
