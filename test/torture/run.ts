import { mkdtempSync, rmSync } from 'node:fs'
import { enableCompileCache, flushCompileCache } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * `npm run torture -- --faults 10000 --seed 7`: see `torture.ts`. What is compiled here is compiled once for the workers too:
 * half of what a process costs that lives for a tenth of a second.
 */
const compiled = mkdtempSync(join(tmpdir(), 'dossier-torture-compiled-'))
enableCompileCache(compiled)
process.env['NODE_COMPILE_CACHE'] = compiled
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }))
const { torture } = await import('./torture.ts')
flushCompileCache()
process.exit(await torture(process.argv.slice(2)))
