import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  confidences,
  countries,
  type Language,
  languages,
  names,
  places,
  type Sentences,
  sentences,
} from './locales.ts'

const script: Readonly<Record<Language, RegExp>> = {
  fr: /^[\p{Script=Latin}' -]+$/u,
  de: /^[\p{Script=Latin}' -]+$/u,
  es: /^[\p{Script=Latin}' -]+$/u,
  pl: /^[\p{Script=Latin}' -]+$/u,
  en: /^[\p{Script=Latin}' -]+$/u,
  el: /^[\p{Script=Greek}' -]+$/u,
  ar: /^[\p{Script=Arabic} ]+$/u,
  ja: /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}々]+$/u,
  bg: /^[\p{Script=Cyrillic} -]+$/u,
  uk: /^[\p{Script=Cyrillic}' -]+$/u,
}

const person = ['name', 'given', 'family', 'email', 'phone', 'number', 'city']
const mention = ['other', 'otherPhone', 'otherEmail']

/** Which slots a sentence of each kind may have. */
const allowed: Readonly<Record<keyof Sentences, readonly string[]>> = {
  topics: [...person, 'order', 'product', 'plant'],
  replies: [...person, 'order', 'agent'],
  followUps: person,
  mentions: mention,
  special: [],
  reviews: person,
  instructions: person,
  giftNotes: ['giver', 'receiver'],
  staffNotes: person,
  unsubscribe: person,
  engravings: person,
  mailSubjects: person,
  companies: person,
  wishes: person,
}

const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : []

suite('the languages of the sample', () => {
  for (const language of languages)
    test(`${language}: names are in its script and can be spelled in Latin letters`, () => {
      const { female, male, family } = names[language]
      for (const list of [female, male, family.map(({ m }) => m)]) {
        assert.ok(list.length >= 30)
        assert.equal(new Set(list.map(({ native }) => native)).size, list.length)
      }
      for (const { native, plain, slug } of [...female, ...male, ...family.flatMap(({ f, m }) => [f, m])]) {
        assert.match(native, script[language])
        assert.match(plain, /^[A-Za-z' -]+$/)
        assert.match(slug, /^[a-z]+$/)
      }
    })

  for (const language of languages)
    test(`${language}: sentences ask only for what their writer knows`, () => {
      const lists = sentences[language]
      for (const [kind, slots] of Object.entries(allowed) as [keyof Sentences, readonly string[]][])
        for (const text of textsOf(lists[kind]))
          for (const [, slot = ''] of text.matchAll(/\{(\w+)\}/g))
            assert.ok(slots.includes(slot), `${kind}: ${text}`)
      for (const confidence of confidences) assert.ok(lists.special[confidence].length > 0)
      assert.ok(
        lists.mentions.at(-1)?.includes('{otherEmail}') && lists.mentions.at(-1)?.includes('{otherPhone}'),
      )
      for (const { body } of lists.topics.slice(0, 1)) assert.ok(body.includes('{order}'))
      assert.ok(lists.topics.some(({ body, subject }) => !`${body}${subject}`.includes('{order}')))
    })

  test('places have a street, a number and a city each', () => {
    for (const country of countries) {
      const { line, streets, cities } = places[country]
      assert.ok(line.includes('{street}') && line.includes('{number}'))
      assert.ok(streets.length >= 20 && new Set(streets).size === streets.length)
      assert.ok(cities.length >= 15 && new Set(cities.map(({ postcode }) => postcode)).size === cities.length)
    }
  })
})
