import { constants } from 'node:fs'
import { access, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { problem } from '../problems.ts'
import type { Reason } from '../reasons.ts'

/** A file below the directory, or what stands where one should be. */
export interface Listed {
  /** Its path below the directory, with slashes: the collection's name. */
  readonly name: string
  readonly path: string
  /** Why it is not even opened. */
  readonly reason: Reason | null
}

const table = /\.(csv|tsv|txt|xlsx|xlsm|xls|xlsb|ods)$/i
const unknownFormat = /\.(xls|xlsb|ods)$/i
/** Excel puts one beside a workbook while somebody has it open. */
export const ownerMark = '~$'

/**
 * Every table below a directory, hidden ones left out. Links are not followed: what they lead to inside the directory is
 * listed under its own name, and what lies outside is said to be there and not looked at.
 */
export async function listFiles(directory: string): Promise<readonly Listed[]> {
  const base = await realpath(directory).catch(() => null)
  const found = base === null ? null : await stat(base)
  if (base === null || found === null)
    throw problem('connectors.unreachable', {
      system: `files:${directory}`,
      reason: 'the directory does not exist',
    })
  if (!found.isDirectory())
    throw problem('connectors.unreachable', { system: `files:${directory}`, reason: 'it is not a directory' })
  const listed = await listBelow(base, base, '')
  return listed.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function listBelow(base: string, directory: string, prefix: string): Promise<readonly Listed[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => null)
  if (entries === null) return [{ name: prefix, path: directory, reason: 'no right to read it' }]
  const found = entries
    .filter((entry) => !entry.name.startsWith('.') && !entry.name.startsWith(ownerMark))
    .map(async (entry): Promise<readonly Listed[]> => {
      const path = join(directory, entry.name)
      const name = `${prefix}${entry.name}`
      if (entry.isSymbolicLink()) return linkOut(base, path, name)
      if (entry.isDirectory()) return listBelow(base, path, `${name}/`)
      if (!table.test(entry.name)) return []
      if (!entry.isFile()) return [{ name, path, reason: 'it is not a regular file' }]
      if (unknownFormat.test(entry.name))
        return [{ name, path, reason: 'this spreadsheet format is not read; save it as .xlsx' }]
      const isReadable = await access(path, constants.R_OK).then(
        () => true,
        () => false,
      )
      return [{ name, path, reason: isReadable ? null : 'no right to read it' }]
    })
  return (await Promise.all(found)).flat()
}

/** A link is worth a word only where it may hide a table: outside the directory, and a directory or a table there. */
async function linkOut(base: string, path: string, name: string): Promise<readonly Listed[]> {
  const target = await realpath(path).catch(() => null)
  if (target === null || target === base || target.startsWith(base + sep)) return []
  const isDirectory = await stat(target).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const leadsToTable = isDirectory || table.test(target) || table.test(name)
  return leadsToTable ? [{ name, path, reason: 'a link leads out of the directory' }] : []
}
