/** What a command has to say: a document for machines and blocks for people. The frame prints one of the two. */
export interface Answer {
  /** With `--json`: the one document on stdout. */
  readonly json: unknown
  readonly blocks: readonly Block[]
  /** Default 0. */
  readonly exit?: ExitCode
}

/** Design §9: done, a negative answer, wrong usage, something out of reach. */
export type ExitCode = 0 | 1 | 2 | 3

/** Text may come from a target: what could drive a terminal is made visible when it is printed, never before. */
export type Block = Text | Table

export type Text = string | number | { readonly text: string | number; readonly tone: Tone }

/** `verbatim` is to be copied, a command or a token: in no colour, and never folded. */
export type Tone = 'good' | 'bad' | 'warning' | 'quiet' | 'strong' | 'verbatim'

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Text[])[]
}

export interface Column {
  readonly header: string
  /** Numbers stand right. */
  readonly align?: 'right'
  /** Folds at words where the terminal is too narrow for the whole table. */
  readonly wrap?: boolean
}

export const strong = (text: string | number): Text => ({ text, tone: 'strong' })
export const quiet = (text: string | number): Text => ({ text, tone: 'quiet' })
export const good = (text: string | number): Text => ({ text, tone: 'good' })
export const bad = (text: string | number): Text => ({ text, tone: 'bad' })
export const warning = (text: string | number): Text => ({ text, tone: 'warning' })
export const verbatim = (text: string): Text => ({ text, tone: 'verbatim' })
