import type { Database } from "../database/database.ts";
import type { Transaction } from "../database/transaction.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import type { JournalEvent } from "../event/instance-event.ts";
import type { Contact } from "../message/contact.ts";
import type { PollResults } from "./poll-results.ts";

interface Poll {
  readonly chatId: string;
  readonly messageId: string;
  readonly question: string;
  readonly options: readonly string[];
}

type Vote = JournalEvent<"poll.voted">["data"];

/** Polls that were sent or came in, and the last vote of everybody in them. They outlive their events. */
export class Polls {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes down polls and votes, in the transaction that journals them. May run twice. */
  async note(tx: Transaction, instanceId: string, events: readonly JournalEvent[]): Promise<void> {
    for (const event of events) {
      for (const poll of pollsIn(event)) await notePoll(tx, instanceId, poll);
      if (event.name === "poll.voted") await noteVote(tx, instanceId, event.data);
    }
  }

  /** @throws POLL_NOT_FOUND */
  async results(instanceId: string, chatId: string, messageId: string): Promise<PollResults> {
    const { queries } = this.#database;
    const poll = await queries
      .selectFrom("poll")
      .select(["question", "options"])
      .where("instance_id", "=", instanceId)
      .where("chat_id", "=", chatId)
      .where("message_id", "=", messageId)
      .executeTakeFirst();
    if (!poll) throw new OrquestaError("POLL_NOT_FOUND", "the chat has no such poll");
    const votes = await queries
      .selectFrom("poll_vote")
      .select(["voter", "options"])
      .where("instance_id", "=", instanceId)
      .where("chat_id", "=", chatId)
      .where("message_id", "=", messageId)
      .orderBy("voter_id")
      .execute();
    // Written by `notePoll` and `noteVote`.
    const titles = JSON.parse(poll.options) as string[];
    const voters = new Map<string, Contact[]>(titles.map((title) => [title, []]));
    for (const vote of votes) {
      const voter = JSON.parse(vote.voter) as Contact;
      for (const title of JSON.parse(vote.options) as string[]) {
        // An option that was added to the poll later.
        voters.set(title, [...(voters.get(title) ?? []), voter]);
      }
    }
    return {
      question: poll.question,
      options: [...voters].map(([title, its]) => ({ title, votes: its.length, voters: its })),
    };
  }
}

function pollsIn(event: JournalEvent): readonly Poll[] {
  switch (event.name) {
    case "message.received":
      return toPolls(event.data.message);
    case "message.sent": {
      const { data } = event;
      if (data.origin === "device") return toPolls(data.message);
      return toPolls({ ...data, id: data.messageId });
    }
    case "history.received":
      return event.data.messages.flatMap(({ message }) => toPolls(message));
    default:
      return [];
  }
}

interface Message {
  readonly id: string;
  readonly chatId: string;
  readonly content:
    | { readonly type: "poll"; readonly question: string; readonly options: readonly string[] }
    | { readonly type: Exclude<string, "poll"> };
}

function toPolls({ id, chatId, content }: Message): Poll[] {
  if (!("question" in content)) return [];
  const { question, options } = content;
  return [{ chatId, messageId: id, question, options }];
}

async function notePoll(
  tx: Transaction,
  instanceId: string,
  { chatId, messageId, question, options }: Poll,
): Promise<void> {
  await tx
    .insertInto("poll")
    .values({
      instance_id: instanceId,
      chat_id: chatId,
      message_id: messageId,
      question,
      options: JSON.stringify(options),
      at: Date.now(),
    })
    .onConflict((conflict) =>
      conflict.columns(["instance_id", "chat_id", "message_id"]).doNothing(),
    )
    .execute();
}

/** Also of a poll that is not known yet: a vote may be faster than the platform's answer to our send. */
async function noteVote(
  tx: Transaction,
  instanceId: string,
  { chatId, messageId, voter, options, votedAt }: Vote,
): Promise<void> {
  const now = Date.now();
  const vote = {
    voter: JSON.stringify(voter),
    options: JSON.stringify(options),
    voted_at: Date.parse(votedAt),
    at: now,
  };
  const place = { instance_id: instanceId, chat_id: chatId, message_id: messageId };
  await tx
    .insertInto("poll_vote")
    .values({ ...place, voter_id: voter.id, ...vote })
    .onConflict((conflict) =>
      conflict
        .columns(["instance_id", "chat_id", "message_id", "voter_id"])
        .doUpdateSet(vote)
        // Votes that waited for us may come after younger ones.
        .where("poll_vote.voted_at", "<=", vote.voted_at),
    )
    .execute();
  await tx
    .updateTable("poll")
    .set({ at: now })
    .where("instance_id", "=", instanceId)
    .where("chat_id", "=", chatId)
    .where("message_id", "=", messageId)
    .execute();
}
