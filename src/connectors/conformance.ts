import { constraintsConform } from './conformance/constraints.ts'
import { documentsConform } from './conformance/documents.ts'
import { namesConform } from './conformance/names.ts'
import { readingConforms } from './conformance/reading.ts'
import type { Candidate } from './conformance/sketch.ts'
import { writingConforms } from './conformance/writing.ts'

/** The suite every driver passes, against a real target. Called from the driver's own test file. */
export function conforms(candidate: Candidate): void {
  readingConforms(candidate)
  writingConforms(candidate)
  namesConform(candidate)
  documentsConform(candidate)
  if (candidate.knows.constraints) constraintsConform(candidate)
}
