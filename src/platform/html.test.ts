import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeHtml, html, raw } from './html.ts'

test('values cannot leave the place they were put in', () => {
  const hostile = `"><script>alert('&')</script>`
  const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;'
  assert.equal(html`<p title="${hostile}">${hostile}</p>`.toString(), `<p title="${escaped}">${escaped}</p>`)
})

test('templates nest without being escaped twice, and lists are joined', () => {
  const items = ['a & b', 'c'].map((item) => html`<li>${item}</li>`)
  assert.equal(html`<ul>${items}</ul>`.toString(), '<ul><li>a &amp; b</li><li>c</li></ul>')
})

test('nothing is written for null, undefined and false; zero is a value', () => {
  assert.equal(html`[${null}${undefined}${false}${0}${''}]`.toString(), '[0]')
})

test('only what the program vouches for passes as it is', () => {
  assert.equal(html`${raw('<br>')}`.toString(), '<br>')
})

test('no text makes a tag, ends an attribute or hides an entity', () => {
  const readBack = (text: string) =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeHtml(text)
      assert.doesNotMatch(escaped, /[<>"']/)
      assert.equal(readBack(escaped), text)
    }),
  )
})
