export {
  type FakeDelivery,
  FakePlatform,
  type FakePlatformOptions,
  FakeSession,
} from "./fake-platform.ts";
