/** Erases one kind of rows that are past their time. */
export interface Pruning {
  readonly name: string;
  /**
   * Each step erases one bounded piece in a write of its own, a few ms long, and gives how many rows
   * that were. It may be left at any step: what is erased need not be remembered.
   * @param now Unix ms
   */
  pieces(now: number): AsyncIterable<number>;
}
