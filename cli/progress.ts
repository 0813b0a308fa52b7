import { displayWidth, graphemes, harmless } from './terminal-text.ts'

/** One line on a terminal that says how far a long act has come. */
export interface Progress extends Disposable {
  /** `what` is being done, after `done` of `total` were. */
  update(what: string, done: number, total: number): void
}

const barWidth = 20
const redrawAfterMs = 50

/**
 * On stderr, and only where that is a terminal: a pipe gets nothing. Own lines rather than a library's bar, because
 * those read the keyboard and turn Ctrl-C into a silent exit 0, which must never happen during an erasure.
 */
export function startProgress(stream: NodeJS.WriteStream, silent: boolean): Progress {
  if (silent || !stream.isTTY) return { update: () => undefined, [Symbol.dispose]: () => undefined }
  let drawnAt = 0
  return {
    update(what, done, total) {
      const now = performance.now()
      if (now - drawnAt < redrawAfterMs && done < total) return
      drawnAt = now
      stream.write(
        `\r${clip(`${bar(done, total)} ${done}/${total}  ${harmless(what)}`, stream.columns - 1)}\u001b[K`,
      )
    },
    [Symbol.dispose]() {
      if (drawnAt > 0) stream.write('\r\u001b[K')
    },
  }
}

export function bar(done: number, total: number): string {
  const full = total === 0 ? barWidth : Math.round((Math.min(done, total) / total) * barWidth)
  return '█'.repeat(full) + '░'.repeat(barWidth - full)
}

/** A line that wraps could not be drawn over. */
function clip(text: string, width: number): string {
  let clipped = ''
  for (const cluster of graphemes(text)) {
    if (displayWidth(clipped + cluster) > width) break
    clipped += cluster
  }
  return clipped
}
