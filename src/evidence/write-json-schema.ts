import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { manifestSchema } from './bundle-manifest.ts'

/** `node src/evidence/write-json-schema.ts` brings the published schema up to date. */
const file = join(import.meta.dirname, '../../docs/evidence-manifest.schema.json')
writeFileSync(file, `${JSON.stringify(z.toJSONSchema(manifestSchema), null, 2)}\n`)
