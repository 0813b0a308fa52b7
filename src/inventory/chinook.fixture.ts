import type { Cell, CollectionDescription } from '../connectors/public.ts'
import { aTable } from './table.fixture.ts'

/** A music shop in the shape of the Chinook sample database; the people in it are invented. */
export interface SampledTable {
  readonly description: CollectionDescription
  /** Cells per field. */
  readonly samples: readonly (readonly Cell[])[]
}

type Spelling = 'snake' | 'camel'

interface Shape {
  readonly name: string
  readonly fields: readonly string[]
  readonly key?: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

const shapes: readonly Shape[] = [
  {
    name: 'album',
    fields: ['album_id integer!', 'title text!', 'artist_id integer! -> artist.artist_id'],
    rows: [
      ['1', 'Warm Rain', '1'],
      ['2', 'Paris at Night', '2'],
    ],
  },
  {
    name: 'artist',
    fields: ['artist_id integer!', 'name text'],
    rows: [
      ['1', 'Maria Schmidt'],
      ['2', 'Jean Dupont Quartet'],
      ['3', 'John Miller'],
    ],
  },
  {
    name: 'customer',
    fields: [
      'customer_id integer!',
      'first_name text!',
      'last_name text!',
      'company text',
      'address text',
      'city text',
      'state text',
      'country text',
      'postal_code text',
      'phone text',
      'fax text',
      'email text!',
      'support_rep_id integer -> employee.employee_id',
    ],
    rows: [
      [
        '1',
        'Luísa',
        'Ferraz',
        'Moinho SA',
        'Av. das Tílias, 210',
        'São Paulo',
        'SP',
        'Brazil',
        '01310-200',
        '+55 (11) 3033-5446',
        '+55 (11) 3033-4564',
        'luisa@moinho.example',
        '3',
      ],
      [
        '2',
        'Leonie',
        'Kaltwasser',
        null,
        'Theodor-Storm-Straße 34',
        'Stuttgart',
        null,
        'Germany',
        '70174',
        '+49 0711 2842222',
        null,
        'leonie@post.example',
        '4',
      ],
      [
        '3',
        'François',
        'Lafleur',
        null,
        '1498 rue Bélanger',
        'Montréal',
        'QC',
        'Canada',
        'H2G 1A7',
        '+1 (514) 721-4711',
        null,
        'flafleur@courrier.example',
        '3',
      ],
    ],
  },
  {
    name: 'employee',
    fields: [
      'employee_id integer!',
      'last_name text!',
      'first_name text!',
      'title text',
      'reports_to integer -> employee.employee_id',
      'birth_date timestamp',
      'hire_date timestamp',
      'address text',
      'city text',
      'state text',
      'country text',
      'postal_code text',
      'phone text',
      'fax text',
      'email text',
    ],
    rows: [
      [
        '1',
        'Anders',
        'Andrea',
        'General Manager',
        null,
        '1962-02-18 00:00:00',
        '2002-08-14 00:00:00',
        '11120 Jasper Ave NW',
        'Edmonton',
        'AB',
        'Canada',
        'T5K 2N1',
        '+1 (780) 428-9482',
        '+1 (780) 428-3457',
        'andrea@musicshop.example',
      ],
      [
        '2',
        'Edwards',
        'Nina',
        'Sales Manager',
        '1',
        '1958-12-08 00:00:00',
        '2002-05-01 00:00:00',
        '825 8 Ave SW',
        'Calgary',
        'AB',
        'Canada',
        'T2P 2T3',
        '+1 (403) 262-3443',
        '+1 (403) 262-3322',
        'nina@musicshop.example',
      ],
    ],
  },
  {
    name: 'genre',
    fields: ['genre_id integer!', 'name text'],
    rows: [
      ['1', 'Rock'],
      ['2', 'Jazz'],
    ],
  },
  {
    name: 'invoice',
    fields: [
      'invoice_id integer!',
      'customer_id integer! -> customer.customer_id',
      'invoice_date timestamp!',
      'billing_address text',
      'billing_city text',
      'billing_state text',
      'billing_country text',
      'billing_postal_code text',
      'total decimal!',
    ],
    rows: [
      [
        '98',
        '1',
        '2022-03-11 00:00:00',
        'Av. das Tílias, 210',
        'São Paulo',
        'SP',
        'Brazil',
        '01310-200',
        '3.98',
      ],
      [
        '12',
        '2',
        '2021-02-11 00:00:00',
        'Theodor-Storm-Straße 34',
        'Stuttgart',
        null,
        'Germany',
        '70174',
        '13.86',
      ],
    ],
  },
  {
    name: 'invoice_line',
    fields: [
      'invoice_line_id integer!',
      'invoice_id integer! -> invoice.invoice_id',
      'track_id integer! -> track.track_id',
      'unit_price decimal!',
      'quantity integer!',
    ],
    rows: [['1', '98', '1', '0.99', '1']],
  },
  { name: 'media_type', fields: ['media_type_id integer!', 'name text'], rows: [['1', 'MPEG audio file']] },
  {
    name: 'playlist',
    fields: ['playlist_id integer!', 'name text'],
    rows: [
      ['1', 'Music'],
      ['2', 'Brazilian Music'],
    ],
  },
  {
    name: 'playlist_track',
    fields: ['playlist_id integer! -> playlist.playlist_id', 'track_id integer! -> track.track_id'],
    key: ['playlist_id', 'track_id'],
    rows: [['1', '1']],
  },
  {
    name: 'track',
    fields: [
      'track_id integer!',
      'name text!',
      'album_id integer -> album.album_id',
      'media_type_id integer! -> media_type.media_type_id',
      'genre_id integer -> genre.genre_id',
      'composer text',
      'milliseconds integer!',
      'bytes integer',
      'unit_price decimal!',
    ],
    rows: [
      ['1', 'Rain', '1', '1', '1', 'Maria Schmidt, John Miller', '343719', '11170334', '0.99'],
      ['2', 'For Marie', '1', '1', '1', 'Jean Dupont', '205662', '6713451', '0.99'],
    ],
  },
]

/** The tables as PostgreSQL has them (`first_name`), or as SQLite does (`FirstName`). */
export function chinook(spelling: Spelling): readonly SampledTable[] {
  const spelled = (text: string) => (spelling === 'snake' ? text : camel(text))
  return shapes.map(({ name, fields, key, rows }) => ({
    description: aTable(
      spelled(name),
      fields.map((line) => spellLine(line, spelled)),
      {
        rows: rows.length * 40,
        ...(key !== undefined && { key: key.map(spelled) }),
      },
    ),
    samples: fields.map((_, i) => rows.map((row) => row[i] ?? null)),
  }))
}

const camel = (snake: string): string =>
  snake.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** Names are spelled, kinds are not. */
function spellLine(line: string, spelled: (text: string) => string): string {
  const [own = '', target] = line.split(' -> ')
  const [name = '', kind = ''] = own.split(' ')
  const to = target?.split('.').map(spelled).join('.')
  return to === undefined ? `${spelled(name)} ${kind}` : `${spelled(name)} ${kind} -> ${to}`
}
