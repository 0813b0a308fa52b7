/** Ends lines at line feeds alone: `node:readline` takes U+2028 for an end too, which JSON leaves in a text as it is. */
export async function* linesOf(stream: AsyncIterable<Buffer> | null): AsyncGenerator<string> {
  let pieces: Buffer[] = []
  for await (const chunk of stream ?? []) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...pieces, chunk.subarray(from, at)]).toString()
      pieces = []
      from = at + 1
    }
    pieces.push(chunk.subarray(from))
  }
}
