import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { flipped } from '../src/evidence/bundle.fixture.ts'
import { readStoredZip, verifyBundle } from '../src/evidence/public.ts'
import { runVerifier, standalone, unpackTo } from './bundle-verifiers.ts'

const vectors = join(import.meta.dirname, '..', 'verifier', 'vectors')
interface Vector {
  readonly file: string
  readonly key: string
  readonly witnesses: readonly string[]
  readonly holds: boolean
  readonly place?: string
}
const listed = JSON.parse(readFileSync(join(vectors, 'vectors.json'), 'utf8')) as readonly Vector[]
const opened = (file: string) => readStoredZip(readFileSync(join(vectors, file)))
const isList = (path: string) => path.startsWith('manifest.')

const temporary = mkdtempSync(join(tmpdir(), 'dossier-verifiers-'))
after(() => rmSync(temporary, { recursive: true, force: true }))

describe('the verifiers of evidence bundles agree', () => {
  for (const [i, { file, key, witnesses, holds, place }] of listed.entries())
    it(`that ${file} ${holds ? 'holds' : 'does not hold'}, with ${witnesses.length} witnesses (vector ${i})`, async () => {
      const report = verifyBundle(opened(file), { key, witnesses })
      assert.equal(report.ok, holds)
      // Another key is named by the log's name; what was cut off may be missed at its first missing part.
      if (place?.includes('/'))
        assert.deepEqual([...new Set(report.findings.map((one) => one.place))], [place])
      const folder = unpackTo(join(temporary, `vector-${i}`), opened(file).files)
      const options = ['--key', key, ...witnesses.flatMap((one) => ['--witness', one])]
      for (const verifier of standalone) {
        const { exit, verdicts, errors } = await runVerifier(verifier, [folder], ...options)
        assert.deepEqual([exit, verdicts.length, verdicts[0]?.holds, errors], [holds ? 0 : 1, 1, holds, ''])
        if (place)
          assert.ok(verdicts[0]?.said.includes(`✗ ${place} `), `${verifier[0]}: ${verdicts[0]?.said}`)
      }
    })

  it('that a bit turned over in any file is wrong, and in which file', async () => {
    const { files } = opened('witnessed.zip')
    const bits = fc
      .constantFrom(...files)
      .chain(([path, content]) => fc.tuple(fc.constant(path), fc.nat({ max: content.length * 8 - 1 })))
    // Every file once, and then wherever chance has it.
    const every = [...files].map(([path, { length }], i) => [path, (i * 7919) % (length * 8)] as const)
    const flips = [...every, ...fc.sample(bits, 40)]
    const folders = flips.map(([path, bit], i) =>
      unpackTo(join(temporary, `flip-${i}`), flipped(files, path, bit)),
    )
    for (const [i, [path, bit]] of flips.entries())
      assert.equal(
        verifyBundle({ files: flipped(files, path, bit), stray: undefined }).ok,
        false,
        `${path} ${bit} ${i}`,
      )
    for (const verifier of standalone) {
      const { exit, verdicts } = await runVerifier(verifier, folders)
      assert.deepEqual([exit, verdicts.length], [1, flips.length])
      for (const [i, [path, bit]] of flips.entries()) {
        const { holds, said } = verdicts[i] ?? { holds: true, said: '' }
        const isLocated = isList(path) ? /✗ manifest\.(json|note) /.test(said) : said.includes(`✗ ${path} `)
        assert.ok(!holds && isLocated, `${verifier[0]}: ${path}, bit ${bit}: ${said}`)
      }
    }
  })

  it('that a forged leaf with a proof of its own, a missing file and a stranger’s file are wrong', async () => {
    const { files } = opened('good.zip')
    const without = new Map(files)
    without.delete('entries/270.tlog-proof')
    const swapped = new Map([
      ...files,
      ['entries/270.json', files.get('entries/271.json') ?? Buffer.alloc(0)],
    ])
    const more = new Map([...files, ['entries/272.json', Buffer.from('{}')]])
    const empty = new Map([['README.txt', Buffer.from('nothing')]])
    const wrong = [without, swapped, more, empty]
    const folders = wrong.map((one, i) => unpackTo(join(temporary, `wrong-${i}`), one))
    for (const one of wrong) assert.equal(verifyBundle({ files: one, stray: undefined }).ok, false)
    for (const verifier of standalone) {
      const { verdicts } = await runVerifier(verifier, folders)
      assert.deepEqual(
        verdicts.map(({ holds }) => holds),
        [false, false, false, false],
        verifier[0],
      )
    }
  })

  it('on what wrong usage is', async () => {
    for (const verifier of standalone) {
      const none = await runVerifier(verifier, [])
      const option = await runVerifier(verifier, [temporary], '--wrong')
      assert.deepEqual([none.exit, option.exit, none.verdicts], [2, 2, []], verifier[0])
      assert.ok(none.errors.length > 0 && option.errors.length > 0)
    }
  })
})

it('the verifier in every bundle fits on three pages, and needs nothing but Node', () => {
  const source = readFileSync(join(vectors, '..', 'verify.mjs'), 'utf8')
  assert.ok(source.trimEnd().split('\n').length <= 150)
  for (const [, from = ''] of source.matchAll(/from '([^']+)'/g))
    assert.match(from, /^node:(crypto|fs|path|util)$/)
})
