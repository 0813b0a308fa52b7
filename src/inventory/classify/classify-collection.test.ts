import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cell } from '../../connectors/public.ts'
import { chinook } from '../chinook.fixture.ts'
import { aTable } from '../table.fixture.ts'
import { classify, field } from './classified.fixture.ts'

/** Each line: a field with its kind, and the category it must get; `-` is nothing personal. */
function expects(name: string, lines: readonly string[], samples?: readonly (readonly Cell[])[]): void {
  const read = lines.map((line) => line.split(' = '))
  const table = aTable(
    name,
    read.map(([own = '']) => own),
  )
  const proposals = classify(table, samples)
  for (const [i, [own, wanted]] of read.entries()) {
    const { category = '', confidence = 0, reason } = proposals[i] ?? {}
    const hint = `${name}.${own}: ${category} ${confidence} ${JSON.stringify(reason)}`
    if (wanted === '-') assert.ok(impersonal.has(category), hint)
    else assert.ok(category === wanted && confidence >= 0.8, hint)
  }
}

const impersonal = new Set(['none', 'generic-id', 'purchase', 'financial'])

for (const spelling of ['snake', 'camel'] as const) {
  describe(`a music shop with names in ${spelling} case`, () => {
    const tables = chinook(spelling)
    const names = tables.map(({ description }) => description.name)
    const found = new Map(
      tables.map(({ description, samples }) => [
        description.name.replaceAll('_', '').toLowerCase(),
        classify(description, samples, names),
      ]),
    )
    const categories = (table: string) => found.get(table)?.map(({ category }) => category)

    it('holds personal data in every column of customers, employees and invoices that has some', () => {
      const address = ['postal-address', 'city', 'postal-address', 'country', 'postcode']
      assert.deepEqual(categories('customer'), [
        'generic-id',
        'person-name',
        'person-name',
        'organisation',
        ...address,
        'phone',
        'phone',
        'email',
        'generic-id',
      ])
      assert.deepEqual(categories('employee'), [
        'generic-id',
        'person-name',
        'person-name',
        'job-title',
        'generic-id',
        'birth-date',
        'job-title',
        ...address,
        'phone',
        'phone',
        'email',
      ])
      assert.deepEqual(categories('invoice'), [
        'generic-id',
        'generic-id',
        'purchase',
        ...address,
        'financial',
      ])
    })

    it('is sure enough of each to be accepted at 0.8', () => {
      const personal = ['customer', 'employee', 'invoice'].flatMap((table) => found.get(table) ?? [])
      for (const proposal of personal) assert.ok(proposal.confidence >= 0.8, JSON.stringify(proposal))
    })

    it('holds none in its music, although artists and composers have names', () => {
      for (const table of ['album', 'artist', 'genre', 'mediatype', 'playlist', 'playlisttrack', 'track'])
        for (const { category, field: name } of found.get(table) ?? [])
          assert.equal(category, 'none', `${table}.${name}`)
    })

    it('finds people by their e-mail address, and by a phone that may be shared', () => {
      const customer = found.get('customer') ?? []
      const identifiers = customer.flatMap(({ identifier, unique }) =>
        identifier ? [[identifier, unique]] : [],
      )
      assert.deepEqual(identifiers, [
        ['phone', false],
        ['phone', false],
        ['email', true],
      ])
    })
  })
}

describe('a table of people is read in', () => {
  it('English', () => {
    expects('contacts', [
      'id integer = -',
      'salutation text = gender',
      'given_name text = person-name',
      'surname text = person-name',
      'employer text = organisation',
      'job_title text = job-title',
      'mobile_phone text = phone',
      'dob date = birth-date',
      'national_insurance_no text = national-id',
      'sort_code text = bank-account',
      'twitter_handle text = social-profile',
      'avatar_url text = photo',
      'pwd_hash text = secret',
      'last_login_ip text = ip-address',
      'remarks text = free-text',
      'created_at timestamp = -',
      'newsletter_opt_in boolean = -',
      'email_verified_at timestamp = -',
    ])
  })
  it('French', () => {
    expects('clients', [
      'id integer = -',
      'civilite text = gender',
      'nom text = person-name',
      'prenom text = person-name',
      'raison_sociale text = organisation',
      'adresse text = postal-address',
      'code_postal text = postcode',
      'ville text = city',
      'pays text = country',
      'tel_fixe text = phone',
      'courriel text = email',
      'date_naissance date = birth-date',
      'num_secu text = national-id',
      'mot_de_passe text = secret',
      'commentaire text = free-text',
      'date_creation timestamp = -',
    ])
  })
  it('German', () => {
    expects('kunden', [
      'kunden_id integer = -',
      'kundennr text = customer-number',
      'anrede text = gender',
      'vorname text = person-name',
      'nachname text = person-name',
      'firma text = organisation',
      'strasse text = postal-address',
      'hausnr text = postal-address',
      'plz text = postcode',
      'ort text = city',
      'land text = country',
      'kundentelefonnummer text = phone',
      'e_mail text = email',
      'geburtsdatum date = birth-date',
      'ust_id text = tax-id',
      'iban text = bank-account',
      'bemerkung text = free-text',
    ])
  })
  it('Spanish', () => {
    expects('clientes', [
      'id integer = -',
      'nombre text = person-name',
      'apellidos text = person-name',
      'dni text = national-id',
      'direccion text = postal-address',
      'codigo_postal text = postcode',
      'ciudad text = city',
      'provincia text = postal-address',
      'movil text = phone',
      'correo text = email',
      'fecha_nacimiento date = birth-date',
      'observaciones text = free-text',
    ])
  })
  it('Portuguese', () => {
    expects('funcionarios', [
      'id integer = -',
      'nome text = person-name',
      'apelido text = person-name',
      'morada text = postal-address',
      'localidade text = city',
      'telemovel text = phone',
      'data_nascimento date = birth-date',
      'nif text = tax-id',
      'cargo text = job-title',
      'data_admissao date = job-title',
      'sindicato text = trade-union',
    ])
  })
  it('Italian', () => {
    expects('pazienti', [
      'id integer = -',
      'nome text = person-name',
      'cognome text = person-name',
      'codice_fiscale text = national-id',
      'indirizzo text = postal-address',
      'cap text = postcode',
      'citta text = city',
      'data_nascita date = birth-date',
      'gruppo_sanguigno text = health',
      'allergie text = health',
      'diagnosi text = health',
    ])
  })
  it('Dutch', () => {
    expects('klanten', [
      'klant_id integer = -',
      'voornaam text = person-name',
      'tussenvoegsel text = person-name',
      'achternaam text = person-name',
      'straat text = postal-address',
      'huisnummer text = postal-address',
      'woonplaats text = city',
      'telefoonnummer text = phone',
      'geboortedatum date = birth-date',
      'bsn text = national-id',
      'rekeningnummer text = bank-account',
      'opmerkingen text = free-text',
    ])
  })
  it('Polish', () => {
    expects('klienci', [
      'id integer = -',
      'imie text = person-name',
      'nazwisko text = person-name',
      'pesel text = national-id',
      'ulica text = postal-address',
      'kod_pocztowy text = postcode',
      'miejscowosc text = city',
      'data_urodzenia date = birth-date',
      'uwagi text = free-text',
    ])
  })
})

describe('what only looks like personal data is left alone', () => {
  it('goods and their makers', () => {
    expects('products', [
      'id integer = -',
      'sku text = -',
      'name text = -',
      'description text = -',
      'price decimal = -',
      'supplier_id integer = -',
      'weight decimal = -',
      'height decimal = -',
      'image_url text = -',
      'country_of_origin text = -',
    ])
    expects('books', [
      'isbn text = -',
      'title text = -',
      'author text = -',
      'publisher text = -',
      'year integer = -',
    ])
    expects('film_actor', ['actor_id integer = -', 'first_name text = -', 'last_name text = -'])
  })
  it('companies and their places', () => {
    expects('suppliers', [
      'supplier_id integer = -',
      'company_name text = -',
      'address text = -',
      'city text = -',
      'postal_code text = -',
      'country text = -',
      'phone text = -',
      'iban text = -',
    ])
    expects('stores', [
      'id integer = -',
      'name text = -',
      'street text = -',
      'city text = -',
      'phone text = -',
    ])
  })
  it('lists of countries and cities', () => {
    expects('country', ['code text = -', 'country text = -', 'phone_prefix text = -'])
    expects('city', [
      'city_id integer = -',
      'city text = -',
      'country_id integer = -',
      'latitude decimal = -',
    ])
  })
  it('machines and settings', () => {
    expects('servers', [
      'id integer = -',
      'hostname text = -',
      'ip_address text = -',
      'mac text = -',
      'location text = -',
    ])
    expects('settings', ['key text = -', 'value text = -', 'api_key text = -'])
  })
  it('a name that its values contradict', () => {
    const table = aTable('customer', ['id integer!', 'email text', 'phone text'])
    const column = (make: (i: number) => string) => Array.from({ length: 20 }, (_, i) => make(i))
    const proposals = classify(table, [
      column(String),
      column((i) => (i % 2 ? `never, ${i}` : `daily, ${i}`)),
      column((i) => `iPhone ${i} Pro`),
    ])
    assert.deepEqual(field(proposals, 'email').category, 'none')
    assert.deepEqual(field(proposals, 'email').reason, [{ code: 'contradicted', shape: 'email', share: 0 }])
    assert.deepEqual(field(proposals, 'phone').category, 'none')
  })
  it('a closed list of words in a field called author', () => {
    const table = aTable('message', ['id integer!', 'author text requester|agent', 'body text'])
    assert.deepEqual(
      classify(table).map(({ category }) => category),
      ['generic-id', 'none', 'communication'],
    )
  })
})
