import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { freshPart } from './fresh.ts'

/** `judge-part.ts <part> <weights> <result>`: a part of the opened set, judged with the weights of a file. */
const [part = '0', weights = '', result = ''] = process.argv.slice(2)
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith('/model-weights.json')
      ? {
          url: pathToFileURL(weights).href,
          format: 'json',
          importAttributes: { type: 'json' },
          shortCircuit: true,
        }
      : next(specifier, context),
})
const { judgeColumns } = await import('./measure.ts')
const columns = freshPart(Number(part))
const written = await judgeColumns(columns)
const blank = await judgeColumns(columns.map((column) => ({ ...column, column: '' })))
// The headers come along, so that an error can be read.
writeFileSync(
  result,
  JSON.stringify({ written, blank: blank.map((column, i) => ({ ...column, header: columns[i]?.column })) }),
)
