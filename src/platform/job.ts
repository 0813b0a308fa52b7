import type { z } from 'zod'
import type { Context } from './context.ts'

/** What a job is told of the run it is in. */
export interface JobRun {
  /** Aborts when the product stops: what is left is taken up by the next run. */
  readonly signal: AbortSignal
  /** 1 for the first. */
  readonly attempt: number
}

/** Work that is done apart from the act that called for it. At least once, so its handler is idempotent. */
export interface JobDefinition<Payload extends z.ZodType> {
  /** `<domain>.<verb>`. */
  readonly name: string
  /** Takes from the entry (see `JobEntry`) what the handler needs. A job with a `cron` is given `{}`. */
  readonly payload: Payload
  /** Kinds of evidence entries that call for it, each entry once. */
  readonly from?: readonly string[]
  /** Entries of those kinds that do not call for it. */
  readonly unless?: (entry: JobEntry) => boolean
  /** Five fields, in UTC. Runs never overlap; of those missed while the product was down, one is made up for. */
  readonly cron?: string
  /** How many run beside each other in one process; 1 unless said. */
  readonly concurrency?: number
  /** Throw, and it is tried again: after seconds first, then up to an hour apart, 20 times; with a `cron` alone, twice. */
  handler(ctx: Context, payload: z.output<Payload>, run: JobRun): Promise<void>
}

/** A line of evidence as the relay hands it over; the same as an `Entry`. */
export interface JobEntry {
  readonly id: string
  readonly kind: string
  readonly subjectId: string | null
  readonly requestId: string | null
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

/** A job, its types forgotten. */
export interface Job extends Omit<JobDefinition<z.ZodType>, 'handler' | 'payload'> {
  /** Throws where the data is not the payload. */
  run(ctx: Context, data: unknown, run: JobRun): Promise<void>
}

/** Declares a job. */
export function job<Payload extends z.ZodType>(definition: JobDefinition<Payload>): Job {
  const { handler, payload, ...rest } = definition
  return { ...rest, run: async (ctx, data, run) => handler(ctx, payload.parse(data), run) }
}
