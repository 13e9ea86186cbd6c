import { type ApiCall, type CallOptions, callApi } from "./api-call.ts";
import type {
  AuthStatus,
  CreatedInstance,
  Instance,
  InstanceLogs,
  Message,
  QrCode,
  SendMessage,
  Webhook,
} from "./api-types.ts";
import { InstanceManagerClientError } from "./instance-manager-client-error.ts";
import { readKeyFromEnvironment } from "./read-key.ts";

export interface ClientOptions {
  /** How long a call may take. @default 30 000, longer than the server's own limits */
  readonly timeoutMs?: number;
}

export interface CreateWhatsAppOptions extends CallOptions {
  /** Which of the server's providers runs the account. @default "baileys" */
  readonly provider?: string;
}

export interface SendOptions extends CallOptions {
  /** A repeat with the same key answers the first result. @default none: every call sends */
  readonly idempotencyKey?: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const PING_TIMEOUT_MS = 5_000;
const INSTANCES = "/api/v1/instances";

function toBaseUrl(text: string): string {
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (isHttp) return text.replace(/\/+$/, "");
  throw new InstanceManagerClientError("the base URL must be an http or https URL", {
    code: "BASE_URL_INVALID",
    status: null,
    requestId: null,
  });
}

/**
 * A client of the Instance Manager API.
 *
 * Every method rejects with `InstanceManagerClientError`, whose `code` is the server's; only `ping` never
 * rejects. Nothing is tried again by itself.
 */
export class InstanceManagerClient {
  #baseUrl: string;
  readonly #apiKey: string | undefined;
  readonly #timeoutMs: number;

  /**
   * @param baseUrl such as `http://localhost:3000`, with the prefix that the server is mounted under
   * @param apiKey the operator's key, or an instance's for its own routes. Without one, each call reads
   *   INSTANCE_MANAGER_API_KEY or API_KEY from the environment
   * @throws InstanceManagerClientError BASE_URL_INVALID
   */
  constructor(baseUrl: string, apiKey?: string, { timeoutMs }: ClientOptions = {}) {
    this.#baseUrl = toBaseUrl(baseUrl);
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /** For the calls from now on. @throws InstanceManagerClientError BASE_URL_INVALID; the old one stays */
  setBaseUrl(baseUrl: string): void {
    this.#baseUrl = toBaseUrl(baseUrl);
  }

  /** Creates a WhatsApp account's instance and starts it. @returns its id */
  async createWhatsAppInstance(
    companyId: string,
    webhook?: Webhook,
    { provider = "baileys", ...options }: CreateWhatsAppOptions = {},
  ): Promise<string> {
    return this.#create({ company_id: companyId, provider }, webhook, options);
  }

  /** Creates a Telegram bot's instance and starts it. @returns its id */
  async createTelegramInstance(
    companyId: string,
    botToken: string,
    webhook?: Webhook,
    options: CallOptions = {},
  ): Promise<string> {
    const config = { bot_token: botToken };
    return this.#create({ company_id: companyId, provider: "telegram", config }, webhook, options);
  }

  /** All instances that the operator sees, or those of one company. */
  async getAllInstances({
    companyId,
    ...options
  }: CallOptions & { readonly companyId?: string } = {}): Promise<Instance[]> {
    const query = companyId === undefined ? "" : `?company_id=${encodeURIComponent(companyId)}`;
    return this.#data<Instance[]>("GET", `${INSTANCES}${query}`, options);
  }

  async getInstance(instanceId: string, options?: CallOptions): Promise<Instance> {
    return this.#data("GET", pathOf(instanceId), options);
  }

  /** The instance's own key, which opens its routes. */
  async getInstanceApiKey(instanceId: string, options?: CallOptions): Promise<string> {
    const path = pathOf(instanceId, "/current-api-key");
    return (await this.#data<{ api_key: string }>("GET", path, options)).api_key;
  }

  /** Waits up to 10 seconds for the first code. Each lives 20 to 60 seconds: ask again. */
  async getQRCode(instanceId: string, options?: CallOptions): Promise<QrCode> {
    return this.#data("GET", pathOf(instanceId, "/qr"), options);
  }

  async getAuthStatus(instanceId: string, options?: CallOptions): Promise<AuthStatus> {
    return this.#data("GET", pathOf(instanceId, "/auth-status"), options);
  }

  /** Resolves when the order is given; a repeat changes nothing and succeeds. */
  async startInstance(instanceId: string, options?: CallOptions): Promise<void> {
    await this.#call("POST", pathOf(instanceId, "/start"), options);
  }

  /** The account stays paired; a repeat changes nothing and succeeds. */
  async stopInstance(instanceId: string, options?: CallOptions): Promise<void> {
    await this.#call("POST", pathOf(instanceId, "/stop"), options);
  }

  async restartInstance(instanceId: string, options?: CallOptions): Promise<void> {
    await this.#call("POST", pathOf(instanceId, "/restart"), options);
  }

  /** The last `tail` lines of its log, oldest first. */
  async getInstanceLogs(
    instanceId: string,
    tail = 100,
    options?: CallOptions,
  ): Promise<InstanceLogs> {
    return this.#data("GET", pathOf(instanceId, `/logs?tail=${encodeURIComponent(tail)}`), options);
  }

  /** Logs the account out and forgets the instance with all it has. */
  async deleteInstance(instanceId: string, options?: CallOptions): Promise<void> {
    await this.#call("DELETE", pathOf(instanceId), options);
  }

  /** Sends a message of any kind; resolves with the message as far as it is known after a while. */
  async sendMessage(
    instanceId: string,
    message: SendMessage,
    { idempotencyKey, ...options }: SendOptions = {},
  ): Promise<Message> {
    const headers = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
    return this.#data("POST", pathOf(instanceId, "/messages"), {
      ...options,
      body: message,
      headers,
    });
  }

  /** How far a message got, by the `id` that sending it answered. */
  async getMessage(instanceId: string, messageId: string, options?: CallOptions): Promise<Message> {
    return this.#data(
      "GET",
      pathOf(instanceId, `/messages/${encodeURIComponent(messageId)}`),
      options,
    );
  }

  /** Whether the server is there and healthy. Never rejects. */
  async ping({ timeoutMs = PING_TIMEOUT_MS, ...options }: CallOptions = {}): Promise<boolean> {
    try {
      const health = await this.#call("GET", "/api/health", { timeoutMs, ...options });
      return health["status"] === "healthy";
    } catch {
      return false;
    }
  }

  async #create(body: object, webhook: Webhook | undefined, options: CallOptions): Promise<string> {
    const withWebhook = webhook === undefined ? body : { ...body, api_webhook_schema: webhook };
    const answer = await this.#call("POST", INSTANCES, { ...options, body: withWebhook });
    // The server's tests hold each answer against its schema, so it is taken as described.
    return (answer as CreatedInstance).instance_id;
  }

  async #data<Data>(method: ApiCall["method"], path: string, options?: CallParts): Promise<Data> {
    const { data } = await this.#call(method, path, options);
    // The same: described by the schema that `Data` was made from.
    return data as Data;
  }

  async #call(
    method: ApiCall["method"],
    path: string,
    { signal, timeoutMs = this.#timeoutMs, body, headers }: CallParts = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const key = this.#apiKey ?? readKeyFromEnvironment();
    return callApi({
      method,
      url: `${this.#baseUrl}${path}`,
      headers: { ...headers, ...(key !== undefined && { "x-api-key": key }) },
      timeoutMs,
      ...(signal && { signal }),
      ...(body !== undefined && { body }),
    });
  }
}

interface CallParts extends CallOptions {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

function pathOf(instanceId: string, rest = ""): string {
  return `${INSTANCES}/${encodeURIComponent(instanceId)}${rest}`;
}
