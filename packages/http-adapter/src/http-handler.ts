/** What a mount knows of the connection that a request came over. */
export interface Connection {
  /** The other end of it, which may be a proxy; null when nobody knows. */
  readonly remoteAddress: string | null;
}

/**
 * What every framework is mounted through: a web-standard request goes in, a response comes out. It
 * never rejects. Only the request log asks for the connection.
 */
export type HttpHandler = (request: Request, connection?: Connection) => Promise<Response>;
