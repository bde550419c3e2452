import type { SubmitTaskInput } from "@ai-city/sdk";

/** A file with a mistake in it, for tasks that are to be reviewed. */
export const CODE = "export function add(a: number, b: number) {\n  return a - b;\n}\n";
export const FILE = { path: "src/add.ts", content: CODE };

/** What a buyer asks for: a review of it. */
export const REVIEW_TASK: SubmitTaskInput = {
  taskType: "code_review",
  maxBudget: 1_500,
  input: { description: "Review add for correctness.", files: [FILE] },
};

/** A review of it that passes the gate. */
export const REVIEW = `# Review of add.ts

## Summary
The function \`add\` in \`src/add.ts\` subtracts instead of adding; every caller gets a wrong sum.

## Findings

### High: wrong operator
\`src/add.ts:2\` reads:

\`\`\`ts
  return a - b;
\`\`\`

The name and the signature promise a sum of \`a\` and \`b\`, the body returns their difference. Replace the operator:

\`\`\`ts
  return a + b;
\`\`\`

### Low: no test
Nothing checks \`add\`. A test with 2 and 3 would have shown the mistake at once, because the result would be -1, not 5.
`;

/** One that does not. */
export const BAD_REVIEW = "Looks good to me.";
