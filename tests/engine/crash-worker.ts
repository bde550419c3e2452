import { makeCity } from "./support.ts";

/**
 * A process of its own that runs the engine on the database it is given, to be killed at a chosen point.
 * argv: database URL, and the point at which to stand still ("step-one", "between", "step-two", or "none").
 */
export function crashable(city: ReturnType<typeof makeCity>, point: string, reached: (point: string) => void) {
  const stopAt = async (here: string) => {
    if (here !== point) return;
    reached(here);
    await new Promise(() => undefined);
  };
  const effect = (step: string, run: string) =>
    city.pool.query("insert into effect (step, run) values ($1, $2)", [step, run]);
  return city.inngest.createFunction({ id: "crashable", triggers: { event: "a/b" } }, async ({ step, runId }) => {
    await step.run("one", async () => {
      await effect("one", runId);
      await stopAt("step-one");
    });
    await stopAt("between");
    await step.run("two", async () => {
      await effect("two", runId);
      await stopAt("step-two");
    });
    await step.sleep("nap", "1s");
    return step.run("three", async () => {
      await effect("three", runId);
      return "done";
    });
  });
}

if (import.meta.main) {
  const [url = "", point = "none"] = process.argv.slice(2);
  const city = makeCity(url);
  await city.run([crashable(city, point, (here) => console.log(`at ${here}`))]);
  console.log("running");
}
