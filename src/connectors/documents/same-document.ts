import { type Node, parseDocument } from './document.ts'

/** Whether two texts are one document but for blanks, the order of keys, escapes, and how a number's exponent is written. */
export function sameDocument(a: string, b: string): boolean {
  const [left, right] = [parseDocument(a), parseDocument(b)]
  return left !== null && right !== null && plainText(left) === plainText(right)
}

function plainText(node: Node): string {
  if (node.kind === 'array') return `[${node.children.map(({ value }) => plainText(value)).join(',')}]`
  if (node.kind === 'object')
    return `{${node.children
      .map(({ key, value }) => `${JSON.stringify(key)}:${plainText(value)}`)
      .sort()
      .join(',')}}`
  if (node.kind === 'string') return JSON.stringify(node.text)
  return node.kind === 'number' ? plainNumber(node.text) : node.text
}

/** Sign, digits without zeros around them, and the power of ten of the last: `1.10` and `11e-1` are one number. */
function plainNumber(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  if (short === '') return '0'
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - short.length)
  return `${text.startsWith('-') ? '-' : ''}${short}e${power}`
}
