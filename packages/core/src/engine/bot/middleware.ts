import { OrquestaError } from "../error/orquesta-error.ts";

/** Goes on with what was registered after this handler. */
export type Next = () => Promise<void>;

/** What it returns is not looked at, beyond waiting for it. */
export type Handler<Context> = (ctx: Context, next: Next) => unknown;

/**
 * Runs handlers one inside the other, the first one outermost; the last one's `next` is `end`.
 * @throws what a handler throws; VALIDATION_FAILED when one calls `next` twice
 */
export async function runInOrder<Context>(
  handlers: readonly Handler<Context>[],
  context: Context,
  end: Next,
): Promise<void> {
  let reached = -1;
  const runFrom = async (index: number): Promise<void> => {
    if (index <= reached) {
      throw new OrquestaError("VALIDATION_FAILED", "a handler of the bot called next() twice");
    }
    reached = index;
    const handler = handlers[index];
    await (handler ? handler(context, () => runFrom(index + 1)) : end());
  };
  await runFrom(0);
}
