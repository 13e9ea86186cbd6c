import type { FakeTelegram } from "./fake-telegram.ts";

export interface ApiAnswer<Result = unknown> {
  readonly ok: boolean;
  readonly result?: Result;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
}

/** Calls a method as JSON, or as a form when it carries files. */
export async function callApi<Result = unknown>(
  telegram: FakeTelegram,
  { token }: { readonly token: string },
  method: string,
  parameters: object = {},
  signal?: AbortSignal,
): Promise<ApiAnswer<Result>> {
  const hasFile = Object.values(parameters).some((value) => value instanceof Blob);
  const response = await fetch(`${telegram.url}/bot${token}/${method}`, {
    method: "POST",
    ...(hasFile
      ? { body: formOf(parameters) }
      : { body: JSON.stringify(parameters), headers: { "content-type": "application/json" } }),
    ...(signal ? { signal } : {}),
  });
  const answer: ApiAnswer<Result> = JSON.parse(await response.text());
  return answer;
}

function formOf(parameters: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(parameters)) {
    if (value instanceof Blob) form.set(name, value);
    else form.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return form;
}

/** What a method gave that has to succeed. */
export async function callOk<Result = unknown>(
  telegram: FakeTelegram,
  bot: { readonly token: string },
  method: string,
  parameters: object = {},
): Promise<Result> {
  const { result, description } = await callApi<Result>(telegram, bot, method, parameters);
  if (result === undefined) throw new Error(`${method}: ${description}`);
  return result;
}
