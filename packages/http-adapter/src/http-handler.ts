/** What every framework is mounted through: a web-standard request goes in, a response comes out. It never rejects. */
export type HttpHandler = (request: Request) => Promise<Response>;
