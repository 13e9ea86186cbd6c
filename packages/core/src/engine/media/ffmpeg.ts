import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { Deadline } from "../error/deadline.ts";
import { OrquestaError } from "../error/orquesta-error.ts";
import { Turns } from "./turns.ts";

type Child = ChildProcessByStdio<null, Readable, Readable>;

const TIMEOUT_MS = 60_000;
const CONCURRENCY = 2;
const MAX_COMPLAINT = 2000;

/**
 * Formats that hold what they play. Others, such as playlists, name further files, which would be read
 * on a stranger's word.
 */
const FORMATS =
  "aac,ac3,aiff,amr,amrnb,amrwb,asf,au,avi,caf,eac3,flac,matroska,webm,mov,mp4,mp3,ogg,w64,wav";

const READ = `-nostdin -hide_banner -loglevel error -threads 1 -protocol_whitelist file -format_whitelist ${FORMATS}`;
/** WhatsApp and Telegram show a voice note for Ogg Opus with one channel. */
const WRITE =
  "-map 0:a:0 -map_metadata -1 -ac 1 -ar 48000 -c:a libopus -b:a 32k -threads 1 -f ogg pipe:1";

/** Makes voice notes with the ffmpeg program, a few at a time. */
export class Ffmpeg {
  readonly #path: string;
  readonly #turns = new Turns(CONCURRENCY);

  /** @param path of the program, or its name in the PATH */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Converts the first sound of a file to Ogg Opus.
   * @param take reads what comes out, which fails when the conversion does
   * @throws FFMPEG_MISSING, MEDIA_UNREADABLE when it cannot be converted within a minute, what `take` throws
   */
  toVoice<T>(
    file: string,
    signal: AbortSignal,
    take: (output: Readable) => Promise<T>,
  ): Promise<T> {
    return this.#turns.run(signal, async () => {
      const deadline = new Deadline(TIMEOUT_MS, signal);
      const child = spawn(
        this.#path,
        [...READ.split(" "), "-i", `file:${file}`, ...WRITE.split(" ")],
        {
          stdio: ["ignore", "pipe", "pipe"],
          signal: deadline.signal,
          killSignal: "SIGKILL",
        },
      );
      const ended = endOf(child);
      try {
        return await take(Readable.from(whole(child.stdout, ended)));
      } catch (error) {
        throw deadline.isMissed ? failed(error) : this.#explain(error);
      } finally {
        child.kill("SIGKILL");
        await ended.catch(() => {});
        deadline.end();
      }
    });
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof Error) || !("syscall" in error)) return error;
    const message = `voice notes need ffmpeg, and "${this.#path}" cannot be run; install ffmpeg, or send Ogg Opus`;
    return new OrquestaError("FFMPEG_MISSING", message, { cause: error });
  }
}

/** What comes out, ended only when the program has ended well. */
async function* whole(output: Readable, ended: Promise<void>): AsyncGenerator<Uint8Array> {
  yield* output;
  await ended;
}

/** Settles when nothing is left of it. */
function endOf(child: Child): Promise<void> {
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (complaint.length < MAX_COMPLAINT) complaint += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    let failure: Error | null = null;
    child.on("error", (error) => {
      failure = error;
    });
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(failure ?? failed(new Error(complaint.trim())));
    });
  });
  // Nobody waits for it when its output is not wanted any more.
  ended.catch(() => {});
  return ended;
}

function failed(cause: unknown): OrquestaError {
  const message = "the medium could not be made a voice note";
  return new OrquestaError("MEDIA_UNREADABLE", message, { cause });
}
