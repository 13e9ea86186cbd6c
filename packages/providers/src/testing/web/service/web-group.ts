import { randomBytes, randomInt } from "node:crypto";
import type { GroupOnWire } from "../protocol.ts";
import { type Addressing, addressOf, type Person } from "./person.ts";

export type Role = "member" | "admin" | "owner";

export class WebGroup {
  readonly id = `1203630${randomInt(1e10, 1e11)}@g.us`;
  readonly creation = Math.floor(Date.now() / 1000);
  readonly members = new Map<Person, Role>();
  readonly owner: Person;
  subject: string;
  desc: string | null = null;
  descId = "";
  announce = false;
  restrict = false;
  membershipApprovalMode = false;
  ephemeralDuration = 0;
  /** Its path; null: none. */
  picture: string | null = null;
  inviteCode = newInviteCode();

  constructor(subject: string, owner: Person) {
    this.subject = subject;
    this.owner = owner;
    this.members.set(owner, "owner");
  }

  isAdmin(person: Person): boolean {
    const role = this.members.get(person);
    return role === "admin" || role === "owner";
  }

  resetInvite(): void {
    this.inviteCode = newInviteCode();
  }

  onWire(addressing: Addressing): GroupOnWire {
    return {
      id: this.id,
      subject: this.subject,
      desc: this.desc,
      descId: this.descId,
      creation: this.creation,
      owner: addressOf(this.owner, addressing),
      announce: this.announce,
      restrict: this.restrict,
      membershipApprovalMode: this.membershipApprovalMode,
      ephemeralDuration: this.ephemeralDuration,
      participants: [...this.members].map(([person, role]) => ({
        id: addressOf(person, addressing),
        isAdmin: role !== "member",
        isSuperAdmin: role === "owner",
      })),
    };
  }
}

function newInviteCode(): string {
  return randomBytes(16).toString("base64url").slice(0, 22);
}
