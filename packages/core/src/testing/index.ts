export type {
  ConformanceSubject,
  PeerChat,
  PeerContent,
  PeerWriting,
  PlatformPeer,
  SeenMessage,
} from "./conformance/conformance-subject.ts";
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
