import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import iconv from 'iconv-lite'
import type { Cell, Emit } from '../layout.ts'
import { dialects, type NewsletterLayout, newsletterColumns } from './columns.ts'

/** The folder of lists while it is filled. */
export interface NewsletterLoad extends AsyncDisposable {
  readonly emit: Emit<NewsletterLayout>
  readonly rows: Readonly<Record<string, number>>
  /** Writes what was emitted. */
  flush(): Promise<void>
}

const files = Object.keys(newsletterColumns) as (keyof NewsletterLayout)[]

export async function openNewsletter(directory: string): Promise<NewsletterLoad> {
  await mkdir(directory)
  const handles = new Map<keyof NewsletterLayout, FileHandle>()
  for (const file of files) handles.set(file, await open(join(directory, file), 'wx'))
  const pending: Record<keyof NewsletterLayout, (readonly Cell[])[]> = {
    'subscribers.csv': [newsletterColumns['subscribers.csv']],
    'unsubscribed.csv': [newsletterColumns['unsubscribed.csv']],
    'campaign-stats.csv': [newsletterColumns['campaign-stats.csv']],
  }
  const started = new Set<string>()
  const rows: Record<string, number> = Object.fromEntries(files.map((file) => [file, 0]))
  return {
    rows,
    emit(file, row) {
      const columns: readonly (keyof typeof row)[] = newsletterColumns[file]
      pending[file].push(columns.map((column) => row[column]))
      rows[file] = (rows[file] ?? 0) + 1
    },
    async flush() {
      for (const [file, handle] of handles) {
        await handle.writeFile(encode(file, pending[file], !started.has(file)))
        started.add(file)
        pending[file] = []
      }
    },
    async [Symbol.asyncDispose]() {
      for (const handle of handles.values()) await handle.close()
    },
  }
}

function encode(file: keyof NewsletterLayout, lines: readonly (readonly Cell[])[], first: boolean): Buffer {
  const { delimiter, encoding, bom, lineEnd } = dialects[file]
  const text = stringify([...lines], { delimiter, record_delimiter: lineEnd })
  return iconv.encode(text, encoding, { addBOM: bom && first })
}
