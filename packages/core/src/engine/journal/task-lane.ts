import type { Task } from "./worker.ts";

/** Tasks of one lane, in order; the first may be running. */
export class TaskLane {
  readonly name: string;
  readonly tasks: Task[] = [];
  /** Not before, Unix ms. */
  retryAt = 0;
  /** The highest id that is or was in memory: what comes again from the table is known by it. */
  #lastId = 0;
  /** The highest id that was left in the table while the lane is spilled; 0 = all are in memory. */
  #leftBehind = 0;

  constructor(name: string) {
    this.name = name;
  }

  get spilled(): boolean {
    return this.#leftBehind > 0;
  }

  get empty(): boolean {
    return this.tasks.length === 0 && !this.spilled;
  }

  /** Where a reload goes on. */
  get loadedTo(): number {
    return this.#lastId;
  }

  /**
   * Whether the task is in memory now; of a spilled lane, and of one that holds `room` tasks already,
   * it stays in the table.
   */
  admit(task: Task, room: number): boolean {
    if (task.id <= this.#lastId) return false;
    if (this.spilled || this.tasks.length >= room) {
      this.#leftBehind = task.id;
      return false;
    }
    this.#push(task);
    return true;
  }

  /** Lets go of everything behind the head. @returns how many */
  spill(): number {
    const head = this.tasks[0];
    const dropped = this.tasks.length - 1;
    if (!head || dropped <= 0) return 0;
    this.#leftBehind = Math.max(this.#leftBehind, this.#lastId);
    this.#lastId = head.id;
    this.tasks.length = 1;
    return dropped;
  }

  /** Takes back what was spilled, as far as it was read: the next pending tasks above `loadedTo`. */
  reload(tasks: readonly Task[], complete: boolean): void {
    for (const task of tasks) this.#push(task);
    if (complete && this.#lastId >= this.#leftBehind) this.#leftBehind = 0;
    // What was left behind is gone from the table: it was done or dropped meanwhile.
    if (complete && tasks.length === 0) this.#leftBehind = 0;
  }

  #push(task: Task): void {
    this.tasks.push(task);
    this.#lastId = task.id;
  }
}
