/**
 * Weighted sums of rows of numbers, sixteen of a row at a time. The network is little else, and JavaScript has no vector
 * instructions: with WebAssembly's it takes 7 microseconds a column instead of 23. Two loops, put together from opcodes below.
 */

/** What the types of Node leave out of WebAssembly. */
declare const WebAssembly: {
  readonly Memory: new (
    size: Readonly<Record<'initial', number>>,
  ) => {
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

/** Rows are so many numbers long, or a multiple of it. */
export const lane = 16
const pageBytes = 65_536

/** Memory for numbers, and sums over rows that stand in it. Every place is told in bytes, and is a multiple of four. */
export interface VectorRoom {
  /** The room in each kind of number; other arrays once it has grown. */
  readonly views: () => Views
  /** Adds to the `length` numbers at `sums` each of the `rows` at `layer`, times its number at `inputs`. */
  readonly addRows: (inputs: number, rows: number, layer: number, length: number, sums: number) => void
  /** Adds rows of bytes, `stride` apart: those that the list at `places` names, each times its number at `amounts`. */
  readonly addPlaces: (
    places: number,
    amounts: number,
    rows: number,
    layer: number,
    stride: number,
    length: number,
    sums: number,
  ) => void
  /** Makes it at least so large; what stands in it stays. */
  readonly growTo: (bytes: number) => void
}

export interface Views {
  readonly floats: Float32Array
  readonly bytes: Int8Array
  readonly shorts: Uint16Array
}

export function vectorRoom(bytes: number): VectorRoom {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) })
  const viewsOf = (): Views => ({
    floats: new Float32Array(memory.buffer),
    bytes: new Int8Array(memory.buffer),
    shorts: new Uint16Array(memory.buffer),
  })
  let views = viewsOf()
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assembled()), { room: { memory } })
  const loops = exports as Pick<VectorRoom, 'addRows' | 'addPlaces'>
  return {
    views: () => views,
    addRows: loops.addRows,
    addPlaces: loops.addPlaces,
    growTo: (wanted) => {
      const missing = wanted - memory.buffer.byteLength
      if (missing <= 0) return
      memory.grow(Math.ceil(missing / pageBytes))
      views = viewsOf()
    },
  }
}

/** Code and its operands, which are smaller than 128 and so one byte each. */
type Code = readonly number[]

const get = (local: number): Code => [0x20, local]
const set = (local: number): Code => [0x21, local]
/** Up to 63, as the seventh bit is the sign's. */
const number = (value: number): Code => [0x41, value]
/** What sixteen floats take. */
const laneBytes: Code = [0x41, 0xc0, 0]
const [add, multiply, isLess] = [[0x6a], [0x6c], [0x49]]
/** From memory, `beyond` bytes behind the address on the stack; sizes are aligned as they are, to 2 ** n bytes. */
const loadShort: Code = [0x2f, 1, 0]
const vector = (...code: Code): Code => [0xfd, ...code]
const load = (beyond: number): Code => vector(0x00, 2, beyond)
const loadEightBytes = (beyond: number): Code => vector(0x01, 0, beyond)
const loadOneForAll: Code = vector(0x09, 2, 0)
const store = (beyond: number): Code => vector(0x0b, 2, beyond)
const addAll: Code = vector(0xe4, 1)
const multiplyAll: Code = vector(0xe6, 1)
/** The lower and the upper four of eight, as floats. */
const halves: readonly Code[] = [0xa7, 0xa8].map((half) => [...vector(half, 1), ...vector(0xfa, 1)])

const advance = (local: number, by: Code): Code => [...get(local), ...by, ...add, ...set(local)]
/** Runs at least once, and again as long as one local is less than another. */
const loop = (body: Code, local: number, end: number): Code => [
  ...[0x03, 0x40],
  ...body,
  ...[...get(local), ...get(end), ...isLess],
  ...[0x0d, 0, 0x0b],
]

/** Four sums of four numbers each are kept out of memory while all rows are added to them. */
const quarters = [0, 1, 2, 3]
const vectorBytes = 16

/** For sixteen numbers at `sums` after the other: `body` adds to them, then they are stored. */
function columnByColumn(sums: number, firstSum: number, body: Code): Code {
  return [
    ...quarters.flatMap((q) => [...get(sums), ...load(q * vectorBytes), ...set(firstSum + q)]),
    ...body,
    ...quarters.flatMap((q) => [...get(sums), ...get(firstSum + q), ...store(q * vectorBytes)]),
    ...advance(sums, laneBytes),
  ]
}

const addTo = (sum: number, product: Code): Code => [...get(sum), ...product, ...addAll, ...set(sum)]

function addRowsCode(): Code {
  const [inputs, rows, layer, length, sums] = [0, 1, 2, 3, 4]
  // `at` runs over the layer, `input` over the numbers; `column` over what is left of a row.
  const [at, input, endOfInputs, endOfSums, amount, firstSum] = [5, 6, 7, 8, 9, 10]
  const row = [
    ...[...get(input), ...loadOneForAll, ...set(amount)],
    ...quarters.flatMap((q) =>
      addTo(firstSum + q, [...get(at), ...load(q * vectorBytes), ...get(amount), ...multiplyAll]),
    ),
    ...advance(at, get(length)),
    ...advance(input, number(4)),
  ]
  return [
    ...[...get(length), ...number(4), ...multiply, ...set(length)],
    ...[...get(sums), ...get(length), ...add, ...set(endOfSums)],
    ...[...get(inputs), ...get(rows), ...number(4), ...multiply, ...add, ...set(endOfInputs)],
    ...loop(
      [
        ...[...get(layer), ...set(at), ...get(inputs), ...set(input)],
        ...columnByColumn(sums, firstSum, loop(row, input, endOfInputs)),
        ...advance(layer, laneBytes),
      ],
      sums,
      endOfSums,
    ),
  ]
}

function addPlacesCode(): Code {
  const [places, amounts, rows, layer, stride, length, sums] = [0, 1, 2, 3, 4, 5, 6]
  const [place, at, endOfPlaces, endOfSums, given, amount, eight, firstSum] = [7, 8, 9, 10, 11, 12, 13, 14]
  const row = [
    ...[...get(place), ...loadShort, ...get(stride), ...multiply, ...get(layer), ...add, ...set(at)],
    ...[...get(given), ...loadOneForAll, ...set(amount)],
    ...[0, 1].flatMap((half) => [
      ...[...get(at), ...loadEightBytes(8 * half), ...set(eight)],
      ...halves.flatMap((floats, i) =>
        addTo(firstSum + 2 * half + i, [...get(eight), ...floats, ...get(amount), ...multiplyAll]),
      ),
    ]),
    ...advance(place, number(2)),
    ...advance(given, number(4)),
  ]
  return [
    ...[...get(sums), ...get(length), ...number(4), ...multiply, ...add, ...set(endOfSums)],
    ...[...get(places), ...get(rows), ...number(2), ...multiply, ...add, ...set(endOfPlaces)],
    ...loop(
      [
        ...[...get(places), ...set(place), ...get(amounts), ...set(given)],
        ...columnByColumn(sums, firstSum, loop(row, place, endOfPlaces)),
        ...advance(layer, number(lane)),
      ],
      sums,
      endOfSums,
    ),
  ]
}

/** The module: two types, the memory it is given, two functions, their names and their code. */
function assembled(): Uint8Array {
  const [int, vec] = [0x7f, 0x7b]
  const counted = (items: readonly Code[]): Code => [...size(items.length), ...items.flat()]
  const text = (name: string): Code => counted([...name].map((letter) => [letter.charCodeAt(0)]))
  const section = (id: number, items: readonly Code[]): Code => {
    const content = counted(items)
    return [id, ...size(content.length), ...content]
  }
  const taking = (parameters: number): Code => [
    0x60,
    parameters,
    ...new Array<number>(parameters).fill(int),
    0,
  ]
  const body = (ints: number, vectors: number, code: Code): Code => {
    const content = [2, ints, int, vectors, vec, ...code, 0x0b]
    return [...size(content.length), ...content]
  }
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [taking(5), taking(7)]),
    ...section(2, [[...text('room'), ...text('memory'), 2, 0, 1]]),
    ...section(3, [[0], [1]]),
    ...section(7, [
      [...text('addRows'), 0, 0],
      [...text('addPlaces'), 0, 1],
    ]),
    ...section(10, [body(4, 5, addRowsCode()), body(5, 6, addPlacesCode())]),
  ])
}

/** Sizes are written seven bits a byte (LEB128). */
const size = (value: number): Code => (value < 128 ? [value] : [(value & 127) | 128, ...size(value >>> 7)])
