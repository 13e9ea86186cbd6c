/** What the page uses of the browser, which the types of Node do not know. */
interface Request<Result> {
  readonly result: Result;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

interface ObjectStore {
  put(value: unknown, key: string): Request<unknown>;
  getAll(): Request<unknown[]>;
  clear(): Request<unknown>;
}

interface StoreTransaction {
  readonly error: unknown;
  oncomplete: (() => void) | null;
  onabort: (() => void) | null;
  objectStore(name: string): ObjectStore;
}

export interface Store {
  createObjectStore(name: string): ObjectStore;
  transaction(names: readonly string[], mode: "readonly" | "readwrite"): StoreTransaction;
}

interface Canvas {
  getContext(kind: "2d"): { drawImage(...args: unknown[]): void };
  convertToBlob(options: { type: string }): Promise<Blob>;
}

export interface Browser {
  createImageBitmap(blob: Blob): Promise<unknown>;
  readonly OffscreenCanvas: new (width: number, height: number) => Canvas;
  readonly indexedDB: {
    open(name: string, version: number): Request<Store> & { onupgradeneeded: (() => void) | null };
  };
  readonly location: { href: string };
  readonly history: { pushState(state: unknown, title: string, url: string): void };
  require?: (name: string) => unknown;
  Debug?: { readonly VERSION: string };
}

export const browser = globalThis as unknown as Browser;
