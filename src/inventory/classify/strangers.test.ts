import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aTable } from '../table.fixture.ts'
import { classify, field } from './classified.fixture.ts'
import { stemCategory } from './special-stems.ts'

const ofPeople = [
  ['Weber', 'Okafor', 'Rossi', 'Nowak', 'Lindqvist', 'Martin'],
  ['1980-01-01', '1975-03-02', '1990-05-05', '1966-07-08', '1988-11-30', '1971-09-14'],
]

/** What a column beside names and birth dates is proposed as. */
const beside = (own: string, values: readonly string[]) =>
  field(
    classify(aTable('members', ['last_name text', 'birth_date date', `${own} text`]), [...ofPeople, values]),
    own,
  )

describe('Art. 9 and 10 data under headers that no list has', () => {
  const codes = ['A', 'B', 'C', 'B', 'A', 'C']
  const headers: readonly (readonly [string, string])[] = [
    ['religion', 'RELIGCD'],
    ['religion', 'kirchenzugehoerigkeit_mg'],
    ['trade-union', 'sindcod'],
    ['criminal', 'STRAFREG'],
    ['criminal', 'condannato_si'],
    ['health', 'allergx'],
    ['genetic', 'genotypcd'],
    ['biometric', 'bioml_biometria_kod'],
  ]
  for (const [category, own] of headers)
    it(`${own} is ${category}, by how its word begins`, () => {
      const found = beside(own, codes)
      assert.equal(found.category, category, JSON.stringify(found.reason))
      assert.equal(found.special, true)
    })
  it('but a beginning that words of two categories share, or that none has, says nothing', () => {
    for (const word of ['warranty', 'community', 'salutation', 'konfiguration', 'hospitality', 'participant'])
      assert.equal(stemCategory(word), null, word)
  })
})

describe('what follows a word of Art. 9 and 10', () => {
  const headers: readonly (readonly [string, string, readonly string[]])[] = [
    ['religion', 'religion_code', ['R', 'K', 'E', 'R', '-', 'E']],
    ['religion', 'religion_id', ['3', '1', '1', '2', '4', '1']],
    ['criminal', 'conviction_status', ['spent', 'none', 'unspent', 'none', 'spent', 'none']],
    ['criminal', 'verdict_status', ['guilty', 'not guilty', 'pending', 'guilty', 'guilty', 'pending']],
    ['trade-union', 'trade_union_flag', ['Y', 'N', 'N', 'Y', 'N', 'N']],
    ['ethnic-origin', 'ethnicity_type', ['A1', 'W1', 'W1', 'B2', 'M1', 'W1']],
    ['health', 'diagnosis_list', ['J45.0', 'E11.9', 'I10', 'F32.1', 'M54.5', 'G43.1']],
    ['political-opinion', 'party_affiliation_cd', ['D', 'R', 'I', 'D', 'D', 'R']],
  ]
  for (const [category, own, values] of headers)
    it(`says how it is written down, not what it is: ${own} is ${category}`, () => {
      const found = beside(own, values)
      assert.equal(found.category, category, JSON.stringify(found.reason))
    })
})

describe('a table named after people and a place', () => {
  it('is of the people: the guests of a hotel, the customers of a shop', () => {
    const columns = ['cognome text', 'num_passaporto text', 'targa_auto text', 'importo_conto decimal']
    const values = [
      ['Fumagalli', 'Bonaventura', 'Mancuso', 'Guerrieri', 'Lo Presti', 'Rossi'],
      ['YN3300772', 'YF8697543', 'YR7528483', 'YM7271357', 'YS0361453', 'YZ2539446'],
      ['BK951UM', 'FF156PZ', 'VB881CN', 'AJ502NW', 'ZM510BX', 'ET056PC'],
      ['1692.03', '522.12', '99.37', '1506.24', '146.28', '1246.55'],
    ]
    for (const name of ['ospitiHotel', 'hotel', 'clienti_negozio']) {
      const found = classify(aTable(name, columns), values).slice(0, 3)
      assert.deepEqual(
        found.map(({ category }) => category),
        ['person-name', 'passport', 'vehicle-plate'],
        name,
      )
    }
  })
  it('but a table of places with their telephones stays one of places', () => {
    const hotels = aTable('hotels', ['name text', 'phone text', 'email text', 'city text'])
    const found = classify(hotels, [
      ['Miramare', 'Bellavista', 'Adler', 'Lindenhof', 'Central', 'Sole'],
      [
        '+39 02 1234567',
        '+39 06 1234567',
        '+49 30 123456',
        '+49 89 123456',
        '+33 1 42345678',
        '+39 081 123456',
      ],
      [
        'a@miramare.example',
        'b@bv.example',
        'c@adler.example',
        'd@lh.example',
        'e@ct.example',
        'f@sole.example',
      ],
      ['Milano', 'Roma', 'Berlin', 'München', 'Paris', 'Napoli'],
    ])
    assert.equal(field(found, 'name').category, 'none')
    assert.equal(field(found, 'city').category, 'none')
  })
})

describe('notes of people', () => {
  it('are what most of them speak of, under whatever header', () => {
    const table = aTable('utentes', ['nome text', 'data_nascimento date', 'observacoes text'])
    const found = classify(table, [
      ...ofPeople,
      [
        'Diabetes tipo 2, mantém metformina em jejum',
        'Queixa-se de dores no peito desde ontem',
        'Grávida de 28 semanas, sem outras queixas',
        'Alergia à penicilina, registada na ficha',
        'Tosse e febre há três dias, amoxicilina',
        'Operado ao joelho, inicia fisioterapia amanhã',
      ],
    ])
    assert.equal(found.at(-1)?.special, true, JSON.stringify(found.at(-1)))
  })
})

describe('Art. 10 data by its values alone', () => {
  it('sections of penal codes', () => {
    const found = beside('c3', [
      'art. 278 § 1 k.k.',
      '§ 263 StGB',
      'art. 624 c.p.',
      '311-1 CP',
      '§ 242 StGB',
      'art. 310 Sr',
    ])
    assert.equal(found.special, true, JSON.stringify(found))
  })
  it('even under a header that could be anything’s', () => {
    const found = beside('outcome_type', [
      'Diebstahl',
      'Körperverletzung',
      'Betrug',
      'Raub',
      'keine Vorstrafen',
      'Hehlerei',
    ])
    assert.equal(found.special, true, JSON.stringify(found))
  })
})

describe('what only sounds like Art. 9 data', () => {
  it('in a table of servers is nobody’s', () => {
    const servers = aTable('server_hosts', ['rack text', 'health text', 'vaccine_version text'])
    const found = classify(servers, [
      ['A1', 'A2', 'B4', 'B7', 'C1', 'C2'],
      ['ok', 'degraded', 'ok', 'healthy', 'critical', 'ok'],
      ['4.1.0', '4.1.2', '4.2.0', '4.0.9', '4.1.1', '4.1.0'],
    ])
    assert.deepEqual(
      found.map(({ special }) => special),
      [false, false, false],
    )
  })
  it('in a register of bulls is nobody’s', () => {
    const bulls = aTable('animaux', ['race text', 'poids decimal'])
    const found = classify(bulls, [
      ['Holstein', 'Charolaise', 'Limousine', 'Holstein', 'Montbéliarde', 'Charolaise'],
      ['812.5', '930.1', '771.9', '845.0', '802.3', '918.7'],
    ])
    assert.deepEqual(
      found.map(({ special }) => special),
      [false, false],
    )
  })
  it('in a list of spare parts is nobody’s, however much of it stands together', () => {
    const parts = aTable('piezas', [
      'orientacion text',
      'sexo_conector text',
      'salud_bateria text',
      'alergenos text',
    ])
    const found = classify(parts, [
      ['izquierda', 'derecha', 'izquierda', 'izquierda', 'derecha', 'izquierda'],
      ['macho', 'hembra', 'macho', 'macho', 'hembra', 'hembra'],
      ['82%', '77%', '91%', '64%', '70%', '88%'],
      ['soja', 'ninguno', 'leche', 'ninguno', 'gluten', 'ninguno'],
    ])
    assert.deepEqual(
      found.map(({ special }) => special),
      [false, false, false, false],
    )
  })
  it('is no number beside people that nobody explains', () => {
    const people = ['email text', 'last_name text']
    const values = [
      [
        'ada@x.example',
        'bea@x.example',
        'carl@x.example',
        'dora@x.example',
        'emil@x.example',
        'finn@x.example',
      ],
      ['Lovelace', 'Ruiz', 'Schmidt', 'Klein', 'Visser', 'Nowak'],
    ]
    for (const name of ['score', 'foo', 'hits', 'points', 'visits', 'level', 'orders', 'rating']) {
      const found = classify(aTable('customer', [...people, `${name} integer`]), [
        ...values,
        ['12', '30', '0', '7', '15', '2'],
      ])
      assert.equal(found.at(-1)?.special, false, `${name} ${JSON.stringify(found.at(-1))}`)
    }
  })
  it('is neither a state in which all live, nor a small number without a header', () => {
    const staff = aTable('employee', ['last_name text', 'birth_date date', 'state text', 'c7 integer'])
    const found = classify(staff, [
      ...ofPeople,
      ['AB', 'AB', 'AB', 'AB', 'AB', 'AB'],
      ['1', '2', '2', '1', '6', '6'],
    ])
    assert.deepEqual(
      found.map(({ special }) => special),
      [false, false, false, false],
    )
  })
  it('is no doctor, and no court', () => {
    assert.equal(
      beside('huisarts', ['dr. Visser', 'dr. de Boer', 'dr. Mulder', 'dr. Visser', 'dr. Bos', 'dr. Smit'])
        .category,
      'person-name',
    )
    assert.equal(
      beside('sentencing_court', [
        'Leeds Crown Court',
        'Hull Magistrates',
        'Leeds Crown Court',
        'York Crown Court',
        'Hull Magistrates',
        'Old Bailey',
      ]).category,
      'organisation',
    )
  })
})

describe('a header that means little by itself', () => {
  const cells = ['A1-03', 'B2-214', 'C4-12', 'A1-17', 'SEG 2', 'B2-101']
  it('is of a prisoner’s record in a table of prisoners', () => {
    const found = classify(
      aTable('ecrou', ['nom text', 'date_naissance date', 'infraction text', 'peine text', 'cellule text']),
      [
        ...ofPeople,
        ['vol aggravé', 'escroquerie', 'violences', 'trafic de stupéfiants', 'recel', 'vol'],
        ['18 mois', '2 ans ferme', '6 mois', '5 ans', '8 mois', '1 an ferme'],
        cells,
      ],
    )
    assert.equal(field(found, 'cellule').category, 'criminal')
  })
  it('and nobody’s in a table of shelves', () => {
    const found = classify(aTable('lagerplatz', ['artikelnr text', 'menge integer', 'zelle text']), [
      ['4711-A', '4711-B', '4712-A', '4713-C', '4714-A', '4715-B'],
      ['12', '40', '7', '150', '3', '28'],
      cells,
    ])
    assert.equal(field(found, 'zelle').category, 'none')
  })
  it('is answered by those beside it where a form numbers its questions', () => {
    const found = classify(aTable('encuesta', ['P1 text', 'P2 text', 'P3 text', 'P4 text']), [
      ['mujer', 'hombre', 'hombre', 'mujer', 'mujer', 'hombre'],
      ['PSOE', 'PP', 'Vox', 'Sumar', 'no votó', 'PSOE'],
      ['católico no practicante', 'ateo', 'católico', 'musulmana', 'agnóstica', 'católico'],
      ['CCOO', 'ninguno', 'UGT', 'ninguno', 'CCOO', 'USO'],
    ])
    assert.deepEqual(
      found.map(({ category }) => category),
      ['gender', 'political-opinion', 'religion', 'trade-union'],
    )
  })
})
