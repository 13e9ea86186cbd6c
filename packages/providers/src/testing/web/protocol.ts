/** What the page and the service say to each other: JSON over one WebSocket. */

/** Attributes of a message as the page's own model names them. */
export type Attributes = { readonly [name: string]: unknown };

export interface PersonOnWire {
  /** `<digits>@c.us`. */
  readonly phone: string;
  /** `<digits>@lid`. */
  readonly lid: string;
  readonly name: string;
  readonly about: string;
}

/** A message as one device sees it. */
export interface MessageOnWire {
  readonly id: string;
  readonly fromMe: boolean;
  /** The chat, as this device knows it. */
  readonly remote: string;
  /** Who wrote, in a group. */
  readonly participant: string | null;
  readonly from: string;
  readonly to: string;
  /** Unix seconds. */
  readonly t: number;
  readonly ack: number;
  readonly attributes: Attributes;
}

export interface GroupOnWire {
  readonly id: string;
  readonly subject: string;
  readonly desc: string | null;
  readonly descId: string;
  readonly creation: number;
  readonly owner: string;
  readonly announce: boolean;
  readonly restrict: boolean;
  readonly membershipApprovalMode: boolean;
  readonly ephemeralDuration: number;
  readonly participants: readonly {
    readonly id: string;
    readonly isAdmin: boolean;
    readonly isSuperAdmin: boolean;
  }[];
}

/** What the account's devices know of a chat, each from the others. */
export interface ChatMarks {
  readonly archived: boolean;
  readonly pinned: boolean;
  /** Unix seconds; -1: for good, 0: not muted. */
  readonly mutedUntil: number;
  readonly markedUnread: boolean;
}

/** How a page misbehaves from its start on. */
export interface PageFaults {
  /** `window.Debug` never comes: initialize() ends with "auth timeout". */
  readonly neverLoads?: boolean;
  /** It stays at "authenticated": `hasSynced` never turns true. */
  readonly neverSyncs?: boolean;
  /** `hasSynced` turns true before anybody listens: nothing is emitted, ever. */
  readonly syncsTooEarly?: boolean;
}

export interface Welcome {
  readonly me: PersonOnWire | null;
  readonly ref: string;
  readonly people: readonly PersonOnWire[];
  readonly blocked: readonly string[];
  readonly faults: PageFaults;
}

/** What pages ask; refusals come back as errors with WhatsApp's status. */
export interface Calls {
  hello(params: { device: string; seen: number }): Welcome;
  /** Everything up to here is stored in the browser's profile. */
  stored(params: { seen: number }): void;
  requestCode(params: { phone: string }): { code: string };
  logout(params: object): void;
  send(params: { to: string; id: string; attributes: Attributes }): { t: number };
  edit(params: { to: string; id: string; body: string }): { t: number };
  revoke(params: { to: string; id: string }): void;
  react(params: { to: string; id: string; text: string }): { t: number };
  vote(params: { to: string; id: string; options: readonly string[] }): void;
  seen(params: { chat: string }): void;
  markChat(params: { chat: string; marks: Partial<ChatMarks> }): void;
  chatState(params: { chat: string; state: "composing" | "recording" | "paused" }): void;
  findChat(params: { chat: string }): { chat: string } | null;
  findPerson(params: { address: string }): PersonOnWire | null;
  setName(params: { name: string }): void;
  setAbout(params: { about: string }): void;
  /** @returns the path of the picture of a person or a group */
  picture(params: { address: string }): { path: string };
  /** @param image base64 of a JPEG; null takes it away */
  setPicture(params: { address: string; image: string | null }): void;
  block(params: { address: string; blocked: boolean }): void;
  rejectCall(params: { id: string; peer: string }): void;
  groups(params: object): readonly GroupOnWire[];
  group(params: { id: string }): GroupOnWire;
  createGroup(params: { subject: string; participants: readonly string[] }): {
    group: GroupOnWire;
    refused: readonly string[];
  };
  changeParticipants(params: {
    id: string;
    action: "add" | "remove" | "promote" | "demote";
    participants: readonly string[];
  }): readonly { id: string; code: number }[];
  changeGroup(params: { id: string; change: Attributes }): void;
  groupInvite(params: { id: string; reset: boolean }): { code: string };
  joinGroup(params: { code: string }): { id: string };
  leaveGroup(params: { id: string }): void;
}

export type CallName = keyof Calls;
export type ParamsOf<Name extends CallName> = Parameters<Calls[Name]>[0];
export type AnswerOf<Name extends CallName> = ReturnType<Calls[Name]>;

/** What the service tells a device, in order, until the device has stored it. */
export interface Deliveries {
  paired: { readonly me: PersonOnWire };
  person: PersonOnWire;
  message: MessageOnWire;
  ack: { readonly id: string; readonly ack: number };
  edited: { readonly id: string; readonly body: string; readonly atMs: number };
  revoked: { readonly id: string; readonly by: string };
  reaction: {
    readonly id: string;
    readonly sender: string;
    readonly text: string;
    readonly atMs: number;
  };
  vote: {
    readonly id: string;
    readonly voter: string;
    readonly options: readonly string[];
    readonly atMs: number;
  };
  group: GroupOnWire;
  left: { readonly id: string };
}

/** What the service tells a page that is there, or nobody. */
export interface Signals {
  ref: { readonly ref: string };
  unpaired: object;
  call: { readonly id: string; readonly peer: string; readonly video: boolean };
  /** Faults on demand. */
  state: { readonly state: string };
  crash: object;
  hang: { readonly ms: number };
  renavigate: object;
  sends: { readonly settle: boolean };
}

export type DeliveryName = keyof Deliveries;
export type SignalName = keyof Signals;

export type ToPage =
  | { readonly answer: number; readonly result: unknown }
  | {
      readonly answer: number;
      readonly refusal: { readonly status: number; readonly text: string };
    }
  | {
      readonly [Name in DeliveryName]: {
        readonly seq: number;
        readonly delivery: Name;
        readonly data: Deliveries[Name];
      };
    }[DeliveryName]
  | {
      readonly [Name in SignalName]: { readonly signal: Name; readonly data: Signals[Name] };
    }[SignalName];

export interface ToService {
  readonly ask: number;
  readonly call: CallName;
  readonly params: unknown;
}
