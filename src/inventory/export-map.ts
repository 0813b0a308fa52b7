import type { Context } from '../platform/context.ts'
import { writeMapFile } from './map-file/write-map-file.ts'
import { currentMap } from './map-version.ts'

/** The map in force as YAML, ready to be edited and imported again. Throws `inventory.no-map`. */
export async function exportMap(ctx: Context): Promise<string> {
  const { map } = await currentMap(ctx)
  return writeMapFile(map)
}
