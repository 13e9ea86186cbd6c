export {
  type FakeDelivery,
  FakePlatform,
  type FakePlatformOptions,
} from "./fake-platform.ts";
export { type FakeReceiveOptions, FakeSession } from "./fake-session.ts";
