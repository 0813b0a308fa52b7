import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { objectsIn, unescaped, withoutKept, writtenInJson } from './read-document.ts'

describe('the second reader, in JSON', () => {
  it('reads letters that are written by their numbers, once or twice over', () => {
    assert.equal(
      unescaped('{"name":"M\\u00fcller","mail":"a\\u002bb@x.example"}'),
      '{"name":"Müller","mail":"a+b@x.example"}',
    ) // prettier-ignore
    assert.equal(
      unescaped('"{\\"name\\":\\"M\\\\u00FCller\\",\\"at\\":\\"a\\/b\\"}"'),
      '"{"name":"Müller","at":"a/b"}"',
    )
    assert.equal(unescaped('{"name":"Müller"}'), null)
    assert.equal(unescaped('+33\\u00a06 12'), '+33\u00a06 12')
  })

  it('brings the members of an object together, in documents inside documents too', () => {
    const inner = JSON.stringify({ first: 'Ada', last: 'Lovelace' })
    assert.deepEqual(objectsIn(inner), [['Ada', 'Lovelace']])
    assert.deepEqual(objectsIn(JSON.stringify({ id: 1, raw: inner, list: [{ a: 'x' }] })), [
      [inner],
      ['Ada', 'Lovelace'],
      ['x'],
    ])
    assert.deepEqual(objectsIn('{"broken"'), [])
    assert.deepEqual(objectsIn('plain text'), [])
  })

  it('leaves out what is kept at a path, and reads the rest', () => {
    const document = '{"bill":{"name":"Ada","mail":"a@x.example"},"lines":[{"to":"Ada"},{"to":"Bob"}]}'
    assert.equal(
      withoutKept(document, ['$.bill.name', '$.lines[*].to', '$.none.at.all']),
      '{"bill":{"name":null,"mail":"a@x.example"},"lines":[{"to":null},{"to":null}]}',
    )
    assert.equal(withoutKept('{"broken', ['$.a']), '{"broken')
  })

  it('looks for a name in every way in which JSON may write it', () => {
    const forms = writtenInJson('élodie')
    for (const text of ['\\u00e9lodie', '\\u00C9lodie', '\\\\u00e9lodie', '\\u00C9LODIE'])
      assert.ok(forms.includes(text.toLowerCase()), text)
    assert.ok(writtenInJson('a+b@x.example').includes('a\\u002bb@x.example'))
    assert.deepEqual(writtenInJson('ada@x.example'), [])
  })
})
