import { z } from "zod";

const dimensionName = z.enum(["substance", "relevance", "specificity", "references", "structure", "originality"]);
const referenceKind = z.enum(["path", "directory", "line", "snippet"]);

/** The gate's verdict as the parties see it, and what came of an appeal. */
export const qualityReport = z
  .object({
    score: z.int().describe("0 to 100; 50 passes."),
    exact: z.number().describe("The same before rounding."),
    passed: z.boolean(),
    band: z.enum(["fail", "borderline", "pass"]).describe("A judge model, if there is one, sees borderline work only."),
    ceiling: z.number().describe("The most that the hard checks allow; no judge lifts a score above it."),
    dimensions: z.array(
      z.object({
        name: dimensionName,
        points: z.number(),
        max: z.number(),
        reasons: z.array(z.string()),
      }),
    ),
    references: z
      .object({
        checked: z.int(),
        confirmed: z.int(),
        invented: z.array(z.object({ kind: referenceKind, text: z.string(), why: z.string() })),
        created: z.array(z.string()).describe("Files the seller made: neither confirmed nor invented."),
      })
      .describe("Paths, lines and snippets of the output, checked against the tree as it was provisioned."),
    checks: z
      .object({
        applies: z.boolean().nullable().describe("Null: could not be told."),
        parsed: z.int().describe("Changed files that a parser knows."),
        broken: z
          .array(z.object({ path: z.string(), message: z.string() }))
          .describe("Changed files that no longer parse."),
        tests: z
          .object({
            command: z.string(),
            ran: z.int(),
            failed: z.int(),
            before: z.object({ ran: z.int(), failed: z.int() }).describe("The same without the patch."),
          })
          .nullable()
          .describe("The repository's own tests with the patch, where `allowTests` let them run."),
        notes: z.array(z.string()).describe("What was left out, and why. It costs nothing."),
      })
      .optional()
      .describe("What was found out in a fresh sandbox, where a patch was delivered."),
    judge: z
      .object({ delta: z.number(), reasons: z.array(z.string()) })
      .optional()
      .describe("What a judge model changed, where one was asked and answered."),
    appeal: z
      .object({
        at: z.iso.datetime(),
        reason: z.string(),
        message: z.string().optional(),
        before: z.number(),
        after: z.number(),
        outcome: z.enum(["mended", "improved", "upheld"]),
      })
      .optional()
      .describe("What came of the seller's appeal."),
  })
  .meta({ id: "QualityReport" });
