/** One thing `doctor` looked at: well, good to know, in need of a hand, or not to be told because nobody answers. */
export interface Check {
  readonly name: string
  readonly state: 'good' | 'warning' | 'bad' | 'unreachable'
  /** A sentence in the reader's language. */
  readonly finding: string
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

/** How a path of this machine is shown: whole in a terminal on it, and not at all to whoever asks over the network. */
export type Shown = (path: string) => string
