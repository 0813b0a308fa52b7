import { buffer } from 'node:stream/consumers'
import { openPromise } from 'yauzl'

/** The files of a zip by their path in it. */
export async function unzip(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await openPromise(file, { strictFileNames: true })
  const files = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  return files
}
