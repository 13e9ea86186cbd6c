import { stdout } from "node:process";
import { styleText } from "node:util";
import qrcode from "qrcode";

type Style = Parameters<typeof styleText>[0];

/** Plain where there are no colours: in a file, with NO_COLOR. */
function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: stdout });
}

export function say(text = ""): void {
  stdout.write(`${text === "" ? "" : "  "}${text.replaceAll("\n", "\n  ")}\n`);
}

export function title(text: string): void {
  say();
  say(paint("bold", text));
}

/** Begins a part of the story. */
export function chapter(number: number, text: string): void {
  say();
  say(`${paint(["bold", "cyan"], String(number))}  ${paint("bold", text)}`);
  say();
}

export function hint(text: string): void {
  say(paint("dim", text));
}

/** A fact with its name before it. */
export function fact(name: string, value: string, note = ""): void {
  say(`${paint("green", "✓")} ${name.padEnd(16)}${value}${note && `  ${paint("dim", note)}`}`);
}

export function ask(text: string): void {
  say(`${paint("yellow", "›")} ${paint("bold", text)}`);
}

/** Something that just happened: who, and what. */
export function event(who: string, what: string, style: Style = "cyan"): void {
  const time = new Date().toTimeString().slice(0, 8);
  say(`${paint("dim", time)}  ${paint(style, who.padEnd(18))}${what}`);
}

export function trouble(text: string): void {
  say(paint("red", text));
}

/** An HTTP request, with its body as it is sent. */
export function request(method: string, path: string, body?: object): void {
  const sent = body === undefined ? "" : `\n     ${JSON.stringify(body)}`;
  say(paint("dim", `${method.padEnd(5)}${path}${sent}`));
}

export function key(name: string, does: string): void {
  say(`${paint(["bold", "inverse"], ` ${name} `)}  ${does}`);
}

/** What can be copied into another terminal, as it is. */
export function command(text: string): void {
  stdout.write(`${paint("magenta", text)}\n`);
}

export function json(value: unknown): void {
  const text = JSON.stringify(value, null, 2);
  say(text.replace(/^( *)("[^"]+")(?=:)/gm, (_, space, name) => space + paint("blue", name)));
}

/** Two rows of the code in one of the terminal, dark on light whatever the colours of the terminal are. */
export function drawQr(text: string): void {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: "L" });
  const isDark = (row: number, column: number) => {
    const inside = Math.min(row, column) >= 0 && Math.max(row, column) < modules.size;
    return inside && modules.get(row, column) === 1;
  };
  for (let row = -2; row < modules.size + 1; row += 2) {
    let line = "";
    for (let column = -2; column < modules.size + 2; column += 1) {
      const [upper, lower] = [isDark(row, column), isDark(row + 1, column)];
      line += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }
    say(paint(["black", "bgWhiteBright"], line));
  }
  say();
}
