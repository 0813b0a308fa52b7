/** Names Windows keeps for devices, whatever their extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i
const longest = 60

/**
 * A function that turns names of systems or collections, which anybody may have chosen, into names of files that every
 * system can unpack: plain letters, digits, `.`, `_` and `-`; none twice, also where capitals do not count.
 */
export function fileNamer(fallback: string): (name: string) => string {
  const taken = new Set<string>()
  return (name) => {
    const base = plainName(name) || fallback
    let chosen = base
    for (let i = 2; taken.has(chosen.toLowerCase()); i++) chosen = `${base}-${i}`
    taken.add(chosen.toLowerCase())
    return chosen
  }
}

function plainName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .slice(0, longest)
    .replace(/^[.-]+|[.-]+$/g, '')
  return reserved.test(plain) ? `_${plain}` : plain
}
