import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mapJsonSchema } from './schema.ts'

/** `node src/inventory/map-file/write-json-schema.ts` brings the published schema up to date. */
const file = join(import.meta.dirname, '../../../docs/data-map.schema.json')
writeFileSync(file, `${JSON.stringify(mapJsonSchema(), null, 2)}\n`)
