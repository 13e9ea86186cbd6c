export { bendCommits, bendSession } from "./conformance/bent-provider.ts";
export { conformanceCases } from "./conformance/conformance.ts";
export type { ConformanceCase } from "./conformance/conformance-case.ts";
export { ConformancePlace } from "./conformance/conformance-place.ts";
export type {
  ConformanceSubject,
  Elsewhere,
  PeerChat,
  PeerContent,
  PeerWriting,
  PlatformPeer,
  SeenMessage,
} from "./conformance/conformance-subject.ts";
export {
  assertDeclares,
  LEAST_CAPABILITIES,
  type LeastCapabilities,
} from "./conformance/least-capabilities.ts";
export * as sampleFiles from "./conformance/sample-files.ts";
export {
  type FakeDelivery,
  FakePlatform,
  type FakePlatformOptions,
} from "./fake-platform.ts";
export { type FakeReceiveOptions, FakeSession } from "./fake-session.ts";
export {
  type ContractCase,
  type ProviderSubject,
  providerContract,
} from "./provider-contract.ts";
export {
  type BotUnderTest,
  type SayOptions,
  TestBot,
  type TestChat,
  type TestChatOptions,
  testBot,
} from "./test-bot.ts";
