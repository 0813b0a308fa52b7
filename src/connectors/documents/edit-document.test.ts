import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { documents } from './document.fixture.ts'
import { type Node, parseDocument } from './document.ts'
import { type Edit, editDocument, withoutPaths } from './edit-document.ts'
import { every, isMany, type Path, readPath, type Step, writePath } from './path.ts'
import { cellAt } from './read-path.ts'

const path = (text: string): Path => readPath(text) ?? assert.fail(`${text} is no path`)
const edit = (
  text: string,
  edits: Readonly<Record<string, string | null>>,
  emptying: 'remove' | 'null' = 'remove',
) => {
  const edited = editDocument(
    text,
    Object.entries(edits).map(([at, cell]) => ({ path: path(at), cell })),
    emptying,
  ) // prettier-ignore
  return 'text' in edited ? edited.text : edited.refused
}
const read = (text: string, at: string) => {
  const document = parseDocument(text)
  return document && cellAt(text, document, path(at))
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'b', 'c', 'odd name', "it's", '', 'ü', '"').map((member) => ({ member })),
  },
  { weight: 1, arbitrary: fc.constant(every) },
) // prettier-ignore
const paths = fc.array(steps, { minLength: 1, maxLength: 4 })

/** The same edit on a parsed value: what every program that reads the document would do. */
function removed(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const hits = ([key]: [string, unknown]) => step === every || (!Array.isArray(value) && key === step.member)
  const kept =
    rest.length === 0
      ? entries.filter((entry) => !hits(entry) || entry[1] === null)
      : entries.map((entry) => (hits(entry) ? [entry[0], removed(entry[1], rest)] : entry))
  return Array.isArray(value) ? kept.map(([, one]) => one) : Object.fromEntries(kept)
}

const leavesOf = (text: string, node: Node): readonly string[] =>
  node.kind === 'object' || node.kind === 'array'
    ? node.children.flatMap(({ key, value }) => [...(key === null ? [] : [key]), ...leavesOf(text, value)])
    : [text.slice(node.start, node.end)]

const isWithin = (some: readonly string[], all: readonly string[]): boolean => {
  let from = 0
  return some.every((one) => {
    const place = all.indexOf(one, from)
    from = place + 1
    return place >= 0
  })
}

describe('a JSON document', () => {
  it('is read as JSON.parse reads it, and refused where that refuses it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          documents.map(({ text }) => text),
          fc.string(),
          fc.json(),
        ),
        (text) => {
          let isJson = true
          try {
            JSON.parse(text)
          } catch {
            isJson = false
          }
          assert.equal(parseDocument(text) !== null, isJson)
        },
      ),
    ) // prettier-ignore
  })

  it('is the same whether it is edited and then parsed, or parsed and then edited', () => {
    fc.assert(
      fc.property(documents, paths, ({ text, value }, at) => {
        const edited = editDocument(text, [{ path: at, cell: null }], 'remove')
        assert.ok('text' in edited)
        assert.deepEqual(JSON.parse(edited.text), removed(value, at))
      }),
      { numRuns: 400 },
    )
  })

  it('keeps every number, escape and blank that is not edited', () => {
    fc.assert(
      fc.property(documents, paths, ({ text }, at) => {
        const edited = editDocument(text, [{ path: at, cell: null }], 'remove')
        assert.ok('text' in edited)
        const [before, after] = [parseDocument(text), parseDocument(edited.text)]
        assert.ok(before && after && isWithin(leavesOf(edited.text, after), leavesOf(text, before)))
        if (cellAt(text, before, at) === null)
          assert.equal(edited.text, text, 'nothing there, nothing changed')
      }),
      { numRuns: 400 },
    )
  })

  it('holds what was put at a path, and around it the same bytes', () => {
    fc.assert(
      fc.property(
        documents,
        paths.filter((one) => !isMany(one)),
        fc.string(),
        ({ text }, at, put) => {
          const before = parseDocument(text)
          assert.ok(before)
          const edits: readonly Edit[] = [{ path: at, cell: put }]
          const edited = editDocument(text, edits, 'remove')
          assert.ok('text' in edited)
          const after = parseDocument(edited.text)
          assert.ok(after)
          const [was, is] = [cellAt(text, before, at), cellAt(edited.text, after, at)]
          if (was === null) assert.equal(edited.text, text)
          else if (before.kind === 'string' || after.kind === 'string') assert.equal(is, put)
          assert.equal(is === null, was === null)
        },
      ),
    ) // prettier-ignore
  })

  it('names a place by a path that reads back as the same place', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'binary' }).map((member) => ({ member })),
            fc.constant(every),
          ),
        ),
        (at) => {
          assert.deepEqual(readPath(writePath(at)), at)
        },
      ),
    ) // prettier-ignore
    assert.equal(writePath(path(`$["address"].city[*]['a b']`)), "$.address.city[*]['a b']")
    for (const wrong of ['', 'a', '$.', '$..a', '$[0]', '$[?(@.a)]', "$['a'", '$.a b', '$[**]', '$ .a'])
      assert.equal(readPath(wrong), null, wrong)
  })
})

describe('erasing in a document', () => {
  const text =
    '{"n": 12345678901234567890, "price":1.10, "who": {"mail":"ada@x.example" , "tel":"1"}, "tags":["a", "b","c" ]}'

  it('removes a member with one comma, wherever it stands', () => {
    assert.equal(edit(text, { '$.who.mail': null }), text.replace('"mail":"ada@x.example" , ', ''))
    assert.equal(edit(text, { '$.who.tel': null }), text.replace(' , "tel":"1"', ''))
    assert.equal(
      edit(text, { '$.who.tel': null, '$.who.mail': null }),
      text.replace('"mail":"ada@x.example" , "tel":"1"', ''),
    )
    assert.equal(edit(text, { '$.n': null }), text.replace('"n": 12345678901234567890, ', ''))
    assert.equal(edit(text, { '$.tags': null }), text.replace(', "tags":["a", "b","c" ]', ''))
  }) // prettier-ignore

  it('removes elements and leaves those of others', () => {
    assert.equal(edit(text, { '$.tags[*]': '["a",null,"c"]' }), text.replace('"b",', ''))
    assert.equal(
      edit(text, { '$.tags[*]': '[null,"b",null]' }),
      text.replace('"a", ', '').replace(',"c"', ''),
    )
    assert.equal(edit(text, { '$.tags[*]': null }), text.replace('"a", "b","c"', ''))
    assert.equal(
      edit(text, { '$.tags[*]': '["a",null]' }),
      'elements',
      'a list that is not the one that was read',
    )
    const contacts = '[{"mail":"a","name":"A"},{"mail":"b","name":"B"},{"name":"C"}]'
    assert.equal(read(contacts, '$[*].mail'), '["a","b",null]', 'every element has its place')
    assert.equal(
      edit(contacts, { '$[*].mail': '["a",null,null]', '$[*].name': '["A",null,"C"]' }),
      '[{"mail":"a","name":"A"},{},{"name":"C"}]',
    )
  })

  it('puts a value of the same JSON type where something must stay', () => {
    const types = '{"s":"x","n":7,"b":true,"o":{"x":1},"l":[1],"z":null}'
    const put = {
      '$.s': 'erased',
      '$.n': 'erased',
      '$.b': 'erased',
      '$.o': 'erased',
      '$.l': 'erased',
      '$.z': 'erased',
    }
    assert.equal(edit(types, put), '{"s":"erased","n":0,"b":false,"o":{},"l":[],"z":null}')
    assert.equal(
      edit(types, { '$.n': '1e2', '$.s': 'a"b\n' }),
      types.replace('7', '1e2').replace('"x"', '"a\\"b\\n"'),
    )
    assert.equal(edit(types, { '$.s': null, '$.z': null }, 'null'), types.replace('"x"', 'null'))
    assert.equal(edit('"all of it"', { $: null }), 'null', 'a root cannot be removed')
  }) // prettier-ignore

  it('finds both of two members with one name', () => {
    const twice = '{"mail":"old@x.example","mail":"new@x.example","n":1}'
    assert.equal(read(twice, '$.mail'), 'new@x.example')
    assert.equal(edit(twice, { '$.mail': null }), '{"n":1}')
  })

  it('refuses what is no document', () => {
    for (const broken of [
      '',
      '{',
      '{"a":1,}',
      '[1 2]',
      "{'a':1}",
      '{"a":01}',
      '\ufeff{}',
      '"\t"',
      '{"a":1}x',
    ])
      assert.equal(edit(broken, { '$.a': null }), 'no-document', broken)
    assert.equal(parseDocument('['.repeat(100_000)), null, 'nor what would end the stack')
    assert.equal(withoutPaths('{', []), null)
  })

  it('takes a text of a million characters', () => {
    const long = `{"a":"${'é'.repeat(1_000_000)}","b":"x"}`
    assert.equal(edit(long, { '$.b': null }), long.replace(',"b":"x"', ''))
  })
})
