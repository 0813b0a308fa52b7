import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { floors } from '../src/floors.ts'

const root = join(import.meta.dirname, '..')

interface Import {
  readonly from: string
  readonly to: string
}

/** Relative imports between files of the project, `import type` included. */
function imports(pattern: string): readonly Import[] {
  return globSync(pattern, { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(
      (match) => match[1] ?? '',
    )
    return specifiers.map((to) => ({
      from: file,
      to: relative(root, resolve(dirname(join(root, file)), to)),
    }))
  })
}

const isTest = (file: string): boolean => /\.test\.ts$|(^|\/)conformance(\/|\.ts)/.test(file)
const domainOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1]

/** What is wrong with an import inside src, or nothing. */
export function breach({ from, to }: Import): string | undefined {
  const here = domainOf(from)
  const there = domainOf(to)
  if (there === undefined || here === there) return undefined
  if (here === undefined) return undefined
  if (there === 'platform') return undefined
  if (here === 'platform') return `${from} knows a domain: ${to}`
  const allowed = floors[here]
  if (!allowed) return `${from} is in a domain that floors.ts does not know`
  if (there !== 'evidence' && !allowed.includes(there)) return `${from} imports upward or aside: ${to}`
  if (!to.endsWith('/public.ts')) return `${from} goes behind the face of ${there}: ${to}`
  return undefined
}

describe('the house', () => {
  const all = imports('src/**/*.ts').filter(({ from }) => !isTest(from))

  it('imports only downwards, and only through the face of another domain', () => {
    assert.ok(all.length > 100, 'the test reads the imports')
    assert.deepEqual(
      all.flatMap((one) => breach(one) ?? []),
      [],
    ) // prettier-ignore
  })

  it('is told when an import runs up, aside, or behind a face', () => {
    const wrong = [
      { from: 'src/evidence/entry.ts', to: 'src/requests/public.ts' },
      { from: 'src/subjects/find.ts', to: 'src/connectors/public.ts' },
      { from: 'src/holdings/find.ts', to: 'src/inventory/queries.ts' },
      { from: 'src/platform/sql.ts', to: 'src/evidence/public.ts' },
      { from: 'src/unknown/thing.ts', to: 'src/evidence/public.ts' },
    ]
    for (const one of wrong) assert.equal(typeof breach(one), 'string', `${one.from} → ${one.to}`)
    assert.equal(breach({ from: 'src/holdings/find.ts', to: 'src/inventory/public.ts' }), undefined)
  })

  it('names every domain in floors.ts, each above all that it uses', () => {
    const domains = new Set(globSync('src/*/*.ts', { cwd: root }).flatMap((file) => domainOf(file) ?? []))
    const exempt = new Set(['platform'])
    assert.deepEqual(
      [...domains].filter((domain) => !exempt.has(domain) && !(domain in floors)),
      [],
    ) // prettier-ignore
    const names = Object.keys(floors)
    for (const [domain, uses] of Object.entries(floors))
      for (const used of uses)
        assert.ok(names.indexOf(used) < names.indexOf(domain), `${used} stands below ${domain}`)
  })

  it('does not use a barrel, a catch-all folder, or an import of its own face', () => {
    const files = globSync('{src,cli,test,sample}/**/*.ts', { cwd: root })
    assert.deepEqual(
      files.filter((file) => /\/(index|utils?|helpers?|common|types)(\.ts$|\/)/.test(file)),
      [],
    ) // prettier-ignore
    const own = all.filter(
      ({ from, to }) =>
        domainOf(from) === domainOf(to) && to.endsWith('/public.ts') && domainOf(to) !== undefined,
    )
    assert.deepEqual(own, [])
  })

  it('keeps SQL of a domain on the domain’s own schema', () => {
    const schemas = [...Object.keys(floors), 'platform']
    const strangers = globSync('src/*/**/*.ts', { cwd: root })
      .filter((file) => !isTest(file) && !file.startsWith('src/connectors/'))
      .flatMap((file) => {
        const own = domainOf(file)
        const text = readFileSync(join(root, file), 'utf8')
        const named = [...text.matchAll(/\b(?:from|join|into|update|table)\s+([a-z]+)\.[a-z_]+/g)].map(
          (match) => match[1] ?? '',
        )
        return named
          .filter((schema) => schemas.includes(schema) && schema !== own)
          .map((schema) => `${file}: ${schema}`)
      })
    assert.deepEqual(strangers, [])
  })
})
