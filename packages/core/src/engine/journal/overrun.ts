/** Numbers of events that a reader missed because retention was faster, both included. */
export interface Overrun {
  readonly first: number;
  readonly last: number;
}
