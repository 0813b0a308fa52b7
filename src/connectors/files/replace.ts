import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { problem } from '../problems.ts'
import type { Listed } from './directory.ts'
import type { Sink } from './rewrite.ts'
import type { Draft, SourceFile } from './table.ts'
import { fileProblem, type Identity, identityOf, isSame } from './text-file.ts'

const draftName = /^\.dossier-[0-9a-f]{16}\.tmp$/

export interface Replacement {
  readonly file: SourceFile
  write(draft: Draft): Promise<void>
}

/**
 * Puts new files in the place of old ones. All are written and safe on disk before the first is put in place; if by then
 * one of the old has changed, none is. Throws `connectors.changed-meanwhile`. A crash between two renames leaves the
 * first done: what is left to do is found again.
 */
export async function replaceFiles(replacements: readonly Replacement[]): Promise<void> {
  const drafts = replacements.map(({ file, write }) => {
    const directory = dirname(file.path)
    const draft = join(directory, `.dossier-${randomBytes(8).toString('hex')}.tmp`)
    return { file, write, directory, draft }
  })
  const forEach = async (work: (one: (typeof drafts)[number]) => Promise<void>) => {
    for (const one of drafts)
      await work(one).catch((error) => {
        throw fileProblem(error, one.file.name)
      })
  }
  try {
    await forEach(({ file }) => requireUnchanged(file))
    await forEach((one) => writeDraft(one.draft, one))
    await forEach(({ file }) => requireUnchanged(file))
    await forEach(({ draft, file }) => rename(draft, file.path))
    await forEach(({ directory }) => syncDirectory(directory))
  } finally {
    for (const { draft } of drafts) await rm(draft, { force: true })
  }
}

/** Removes what a crash left of ours beside files. Only under the lock: another writer's draft looks the same. */
export async function removeDrafts(listed: readonly Listed[]): Promise<void> {
  for (const directory of new Set(listed.map(({ path }) => dirname(path))))
    for (const name of await readdir(directory).catch(() => []))
      if (draftName.test(name)) await rm(join(directory, name), { force: true })
}

async function writeDraft(path: string, { file, write }: Replacement): Promise<void> {
  await using original = await open(file.path, 'r')
  const { mode, uid, gid } = await original.stat()
  await using draft = await open(path, 'wx', 0o600).catch(() => {
    throw problem('connectors.refused', { what: `writing beside ${file.name}` })
  })
  await write({ path, handle: draft })
  const own = await draft.stat()
  if (own.uid !== uid || own.gid !== gid)
    await draft.chown(uid, gid).catch(() => {
      throw problem('connectors.refused', { what: `keeping the owner of ${file.name}` })
    })
  await draft.chmod(mode & 0o7777)
  await draft.sync()
}

const blockBytes = 262_144

/** Gathers small pieces: a file may be changed in each of a million records. */
export function sinkOf(handle: FileHandle): Sink & { flush(): Promise<void> } {
  let pieces: Buffer[] = []
  let length = 0
  let written = 0
  const flush = async () => {
    if (length === 0) return
    await handle.writeFile(Buffer.concat(pieces))
    written += length
    pieces = []
    length = 0
  }
  return {
    flush,
    async write(bytes) {
      pieces.push(bytes)
      length += bytes.length
      if (length >= blockBytes) await flush()
    },
    async shorten(bytes) {
      await flush()
      await handle.truncate(written - bytes)
    },
  }
}

async function requireUnchanged(file: SourceFile): Promise<void> {
  const now = await identityAt(file.path)
  if (now === null || !isSame(now, file.identity))
    throw problem('connectors.changed-meanwhile', { file: file.name })
}

export async function identityAt(path: string): Promise<Identity | null> {
  const handle = await open(path, 'r').catch(() => null)
  if (handle === null) return null
  await using opened = handle
  return identityOf(opened)
}

async function syncDirectory(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync()
}
