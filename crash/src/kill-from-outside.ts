import type { FakeWhatsApp } from "@orquesta/providers/testing";
import type { EngineChild } from "./engine-child.ts";
import type { Sink } from "./sink.ts";
import type { Stage } from "./stages.ts";

/** Kills at what can be seen from outside. @returns what ends the watch */
export function killFromOutside(
  child: EngineChild,
  stage: Stage,
  after: number,
  whatsapp: FakeWhatsApp,
  sink: Sink,
): () => void {
  let left = after;
  const count = () => {
    left -= 1;
    if (left === 0) void child.kill();
  };
  if (stage === "after-receipt") whatsapp.events.on("receipt", count);
  if (stage === "after-answer") sink.onAnswered = count;
  const timer = stage === "random" ? setTimeout(() => void child.kill(), 300 + after * 15) : null;
  return () => {
    whatsapp.events.off("receipt", count);
    sink.onAnswered = () => {};
    if (timer) clearTimeout(timer);
  };
}
