import { habit, type Make, type Maker, picked, plain, pooled, shaped, spelled, words } from './maker.ts'

const given: Make = (place) => {
  const list = words(place, 'given')
  const double = place.r.chance(0.15)
  return () =>
    double && place.r.chance(0.2) ? `${place.r.pick(list)} ${place.r.pick(list)}` : place.r.pick(list)
}
const family: Make = (place) => {
  const list = words(place, 'family')
  const { r, lang } = place
  return () => {
    const name = r.pick(list)
    if (lang === 'es' || lang === 'pt') return r.chance(0.5) ? `${name} ${r.pick(list)}` : name
    if (lang === 'nl') return r.chance(0.3) ? `${r.pick(['van der', 'de', 'van', 'ten'])} ${name}` : name
    return r.chance(0.07) ? `${name}-${r.pick(list)}` : name
  }
}
const joined =
  (join: (given: string, family: string) => string): Make =>
  (place) => {
    const first = given(place)
    const last = family(place)
    return () => join(first(), last())
  }
const titles: Readonly<Record<string, string>> = {
  en: 'Mr. Mrs. Ms. Dr.',
  fr: 'M. Mme Mlle',
  de: 'Herr Frau Dr.',
  es: 'Sr. Sra. D. Dña.',
  it: 'Sig. Sig.ra Dott.',
  nl: 'Dhr. Mevr.',
  pl: 'Pan Pani',
  pt: 'Sr. Sra. Dr.',
}
export const fullName: Make = habit(
  joined((first, last) => `${first} ${last}`),
  joined((first, last) => `${first} ${last}`),
  joined((first, last) => `${last}, ${first}`),
  joined((first, last) => `${last.toUpperCase()} ${first}`),
  joined((first, last) => `${first.charAt(0)}. ${last}`),
  (place) => {
    const make = joined((first, last) => `${first} ${last}`)(place)
    const list = (titles[place.lang] ?? 'Mr. Ms.').split(' ')
    return () => `${place.r.pick(list)} ${make()}`
  },
)

const hosts = {
  seen: 'gmail.com yahoo.com hotmail.com outlook.com icloud.com web.de orange.fr libero.it terra.es'.split(
    ' ',
  ),
  unseen: 'proton.me gmx.net live.com wp.pl ziggo.nl sapo.pt aol.com laposte.net example.org'.split(' '),
}
export const email: Make = (place) => {
  const { r, part } = place
  const make = joined((first, last) => {
    const [a, b] = [plain(first) || 'user', plain(last) || 'mail']
    return r.pick([
      `${a}.${b}`,
      `${a.charAt(0)}${b}`,
      `${a}${r.int(1, 99)}`,
      `${b}_${a}`,
      `${a}-${b}`,
      `info`,
    ])
  })(place)
  const capital = r.chance(0.08)
  return () => {
    const text = `${make()}@${r.chance(0.75) ? r.pick(part === 'unseen' ? hosts.unseen : hosts.seen) : `${r.pattern('aaaaaa')}.${r.pick(['com', 'eu', 'org', 'nl', 'fr'])}`}`
    return capital ? text.toUpperCase() : text
  }
}

const phones: Readonly<Record<string, readonly string[]>> = {
  en: ['+44 7999 999999', '(299) 555-9999', '07999 999 999', '+12129999999', '020 7999 9999'],
  fr: ['06 99 99 99 99', '+33699999999', '01.49.99.99.99', '0699999999', '+33 (0)6 99 99 99 99'],
  de: ['0171 9999999', '+49 30 9999999', '0049 171 9999999', '030/9999999', '+491719999999'],
  es: ['699 999 999', '+34699999999', '91 999 99 99', '(+34) 699 99 99 99'],
  pt: ['919 999 999', '+351 91 999 9999', '(11) 99999-9999', '+5511999999999'],
  it: ['339 9999999', '+39 339 9999999', '06 9999 9999', '0039 339 9999999'],
  nl: ['06-99999999', '+31 6 99999999', '020-9999999', '0031699999999'],
  pl: ['+48 509 999 999', '509 999 999', '22 999 99 99', '+48509999999'],
  sv: ['070-999 99 99', '+46 70 999 99 99', '08-999 999 99'],
  cs: ['+420 602 999 999', '602 999 999', '777999999'],
  ro: ['0722 999 999', '+40722999999', '021 999 99 99'],
}
export const phone: Make = (place) => {
  const { r } = place
  const list = phones[place.lang] ?? phones['en'] ?? []
  const first = r.pick(list)
  const mixed = r.chance(0.35)
  return () => r.pattern(mixed ? r.pick(list) : first).replace(/555-/, '555-')
}

const two = (n: number): string => String(n).padStart(2, '0')
export const dateOf =
  (from: number, to: number): Make =>
  ({ r, lang }) => {
    const style = r.next()
    const american = lang === 'en' && r.chance(0.5)
    return () => {
      const [y, m, d] = [r.int(from, to), r.int(1, 12), r.int(1, 28)]
      if (style < 0.45) return `${y}-${two(m)}-${two(d)}`
      if (style < 0.6) return `${american ? `${two(m)}/${two(d)}` : `${two(d)}/${two(m)}`}/${y}`
      if (style < 0.78)
        return `${two(d)}${lang === 'nl' ? '-' : '.'}${two(m)}${lang === 'nl' ? '-' : '.'}${y}`
      if (style < 0.84) return `${y}${two(m)}${two(d)}`
      if (style < 0.88) return `${y}-${two(m)}-${two(d)} 00:00:00`
      if (style < 0.92) return `${two(m)}/${two(d)}/${String(y).slice(2)}`
      if (style < 0.95)
        return `${['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'][m - 1]} ${d}, ${y}`
      return `${d} ${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][m - 1]} ${y}`
    }
  }

const username: Make = (place) => {
  const { r } = place
  const make = joined((first, last) => {
    const [a, b] = [plain(first) || 'kat', plain(last) || 'nova']
    return r.pick([
      `${a}${r.int(1, 999)}`,
      `${a.charAt(0)}${b}`,
      `${b}${a.charAt(0)}`,
      `${a}_${b}`,
      `x${b}x`,
      `${a}.${b}`,
      `${r.pick(['dark', 'super', 'the', 'mr', 'pixel', 'night'])}${b}${r.int(1, 99)}`,
    ])
  })(place)
  return make
}
const handle: Make = (place) => {
  const make = username(place)
  const site = place.r.pick([
    'https://twitter.com/',
    'https://www.linkedin.com/in/',
    'facebook.com/',
    'https://instagram.com/',
    '@',
    '@',
    'https://github.com/',
    'https://www.xing.com/profile/',
  ])
  return () => `${site}${make()}`
}
const age: Make = ({ r }) => {
  const [low, high] = r.pick([
    [18, 90],
    [20, 65],
    [1, 95],
    [6, 18],
  ] as const)
  return () => String(r.int(low, high))
}
const ageBand: Make = picked(['18-24', '25-34', '35-44', '45-54', '55-64', '65+'])
const gender: Make = (place) => {
  const list = place.r.pick(words(place, 'gender')).split(' ')
  return () => place.r.pick(list)
}
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/12{}.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_{} like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
  'Mozilla/5.0 (X11; Linux x86_64; rv:12{}.0) Gecko/20100101 Firefox/12{}.0',
  'okhttp/4.{}.0',
  'curl/8.{}.0',
  'python-requests/2.3{}.0',
  'PostmanRuntime/7.3{}.1',
  'ShopApp/3.{} (Android 14; SM-S91{}B)',
]
const agent: Make =
  ({ r }) =>
  () =>
    r.pick(agents).replaceAll('{}', String(r.int(0, 9)))
const ip: Make = habit(
  ({ r }) =>
    () =>
      `${r.int(1, 223)}.${r.int(0, 255)}.${r.int(0, 255)}.${r.int(1, 254)}`,
  ({ r }) =>
    () =>
      r.chance(0.4)
        ? `2a02:${r.pattern('XXXX')}:${r.pattern('XXX')}::${r.pattern('XX')}`
        : `${r.int(1, 223)}.${r.int(0, 255)}.${r.int(0, 255)}.${r.int(1, 254)}`,
)
const base64 = (head: string, least: number): Make => {
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return ({ r }) =>
    () =>
      head + Array.from({ length: r.int(least, least + 40) }, () => signs[r.int(0, 63)]).join('')
}
const photo: Make = habit(
  shaped(
    "'/uploads/avatars/'999999.jpg",
    'profile_9999.png',
    'IMG_99999999.JPG',
    "'https://cdn.site.example/u/'XXXXXXXX/photo.webp",
    "'portrait-'99999.jpeg",
  ),
  base64('/9j/4AAQSkZJRg', 60),
  base64('data:image/png;base64,iVBORw0KGgo', 60),
)
const secret: Make = habit(
  shaped('s%3AaAa9aA9aAa9.a9AaaA9', 'aA9aA9aaA9aA9aaAA9aA', 'PHPSESSID=XXXXXXXXXXXXXXXXXXXXXXXXXX'),
  shaped(
    '$2b$12$aAaaA9aaAaa9aaAaaaaAaa9aaAaaaAaaAaaa9aAaAaaAaa9aAaaaA',
    'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
    "'$argon2id$v=19$m=65536,t=3,p=4$'aAa9aAaAaa$AAaa9aAaAaAAaaA9aaaAAa",
    'sk_live_aA9aAa9Aa9aAaA9aAa9a',
    'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX',
  ),
  base64('eyJhbGciOiJIUzI1NiJ9.', 50),
  ({ r }) =>
    () =>
      `${r.pick(['sunshine', 'dragon', 'Summer', 'P@ssw0rd', 'qwerty', 'letmein', 'Liverpool'])}${r.int(1, 9999)}${r.pick(['', '!', '#'])}`,
)
const signature: Make = habit(
  shaped("'signature_'99999.png", '/sign/9999/sig.svg', 'sig-XXXXXXXX.png', "'docs/signatures/'999999.tif"),
  (place) => {
    const name = joined((first, last) => `${first} ${last}`)(place)
    return () => `/s/ ${name()}`
  },
)

/** Makers of what names a person and reaches one. */
export const people: Readonly<Record<string, Maker>> = {
  given: { truth: 'person-name', make: spelled(given) },
  family: { truth: 'person-name', make: spelled(family) },
  name: { truth: 'person-name', make: spelled(fullName) },
  email: { truth: 'email', make: email },
  phone: { truth: 'phone', make: phone },
  birth: { truth: 'birth-date', make: dateOf(1938, 2007) },
  age: { truth: 'age', make: age },
  ageBand: { truth: 'age', make: ageBand },
  gender: { truth: 'gender', make: gender },
  genderCode: { truth: 'gender', make: picked(['1', '2']) },
  username: { truth: 'username', make: username },
  handle: { truth: 'social-profile', make: handle },
  agent: { truth: 'device-id', make: agent },
  mac: { truth: 'device-id', make: shaped('XX:XX:XX:XX:XX:XX', 'XX-XX-XX-XX-XX-XX') },
  deviceId: { truth: 'device-id', make: shaped('XXXXXXXX-XXXX-4XXX-8XXX-XXXXXXXXXXXX', 'XXXXXXXXXXXXXXXX') },
  ip: { truth: 'ip-address', make: ip },
  photo: { truth: 'photo', make: photo },
  secret: { truth: 'secret', make: secret },
  signature: { truth: 'signature', make: signature },
  job: { truth: 'job-title', make: spelled(pooled('job')) },
  company: { truth: 'organisation', make: spelled(pooled('company')) },
}
