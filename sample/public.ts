export { sampleCompany } from './company.ts'
export {
  generateSample,
  type OnSampleProgress,
  type SampleOptions,
  type SampleSummary,
} from './generate-sample.ts'
export { type SampleSystem, type StoryEntry, sampleStory } from './story.ts'
export { type SampleTruth, sampleTruth, type TrueCollection, type TrueLink } from './truth.ts'
