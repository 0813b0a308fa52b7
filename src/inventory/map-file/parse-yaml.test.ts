import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findingsIn, small } from './findings.fixture.ts'
import { readMapFile } from './read-map-file.ts'

test('a byte order mark, Windows and old Mac line ends are read as they are meant', () => {
  const { map } = readMapFile(small())
  assert.notEqual(map, null)
  assert.deepEqual(readMapFile(`\uFEFF${small().replaceAll('\n', '\r\n')}`).map, map)
  assert.deepEqual(readMapFile(small().replaceAll('\n', '\r')).map, map)
  assert.deepEqual(findingsIn('\uFEFFversion: 1\r\nsystems: {}\r\nrulez: {}\r\n'), ['3:1 unknown-key-near'])
})

const malformed: readonly (readonly [string, string, readonly string[]])[] = [
  ['an empty file', '', ['1:1 empty']],
  ['a file of comments', '# nothing\n', ['1:1 empty']],
  ['a text', 'hello', ['1:1 not-a-map']],
  ['a list', '- version: 1', ['1:1 not-a-map']],
  ['a binary file', 'version: 1\nsys\0tems', ['2:4 control-character']],
  ['a tab', 'version: 1\nsystems:\n\tshop: {}\n', ['3:1 tab']],
  ['a line in the wrong column', 'systems:\n  a: 1\n b: 2\n', ['3:1 indent']],
  ['a bracket left open', 'version: 1\nsystems: {a: [}\n', ['2:15 indent']],
  ['a quotation mark left open', 'version: "1\nsystems: {}\n', ['3:1 unclosed']],
  ['a colon too many', 'version: 1\nsystems: a: b\n', ['2:10 colon']],
  ['a second document', 'version: 1\nsystems: {}\n---\na: b\n', ['3:1 many-documents']],
  ['a tag', 'version: !!js/function 1\nsystems: !x {}\n', ['1:24 tag', '2:13 tag']],
  ['an alias', 'version: &one 1\nsystems: *one\n', ['1:15 alias', '2:10 alias']],
  ['a hundred brackets', `version: ${'['.repeat(100)}${']'.repeat(100)}`, ['1:34 too-deep']],
  ['a key that is a list', '[a, b]: 1\n', ['1:1 syntax']],
  ['eleven megabytes', 'x'.repeat(11_000_000), ['1:1 too-big']],
]
for (const [what, text, expected] of malformed)
  test(`${what} is refused with its place and nothing else`, () => {
    assert.deepEqual(findingsIn(text), expected)
  })

test('brackets that would exhaust the stack are refused like any that go too deep', () => {
  assert.match(findingsIn('['.repeat(100_000)).join(), /^1:\d+ too-deep$/)
})

test('aliases that would grow to a billion values are refused at once', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 9; i++)
    bomb.push(`${'abcdefghi'[i]}: &${'abcdefghi'[i]} [${`*${'abcdefghi'[i - 1]}, `.repeat(9)}x]`)
  const found = findingsIn(bomb.join('\n'))
  assert.equal(found.length, 9)
  assert.ok(found.every((finding) => finding.endsWith(' alias')))
})

test('YAML 1.1 has no say: "yes" and "no" are words', () => {
  const text = small('          no: {category: country, export: no}')
  assert.deepEqual(findingsIn(`%YAML 1.1\n---\n${text}`), ['11:43 not-flag'])
})
