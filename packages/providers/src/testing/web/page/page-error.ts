/** What the page throws by itself. */
export class PageError extends Error {
  override readonly name: string = "PageError";
}

/** The service said no. The library knows it by this name. */
export class ServerStatusCodeError extends PageError {
  override readonly name = "ServerStatusCodeError";
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}
