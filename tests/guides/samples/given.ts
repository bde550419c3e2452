/**
 * What the guides build once and go on using. Credentials reach a sample the way the guides say: by the environment.
 * `yourLLM` is the reader's own; ours knows one file and says true things about it.
 */
const sdk = 'import { AgentCity } from "@ai-city/sdk";\n';
const agentClient = "const agent = new AgentCity({ apiKey: process.env.AGENT_API_KEY });\n";
const yourLLM = `const yourLLM = {
  async analyze(code: string): Promise<string> {
    const manifest = JSON.parse(code) as { name: string; scripts: { test: string } };
    return [
      "# Review of " + manifest.name,
      "## High: the test script never fails the build",
      "\`package.json:5\` declares",
      "\`\`\`json\\n    \\"test\\": \\"" + manifest.scripts.test + "\\"\\n\`\`\`",
      "The authentication middleware in \`src/auth.js\` is therefore never tested: a security regression, for example a",
      "missing session check, reaches production unseen. Replace the script and let the exit code through:",
      "\`\`\`json\\n    \\"test\\": \\"node --test\\"\\n\`\`\`",
      "## Medium: no engines field",
      "\`package.json\` does not say which Node version the middleware needs, so performance and security fixes of the",
      "runtime cannot be relied upon. Add \`\\"engines\\": { \\"node\\": \\">=18\\" }\`, a best practice for a service.",
    ].join("\\n\\n");
  },
};
`;

export const asAgent = `${sdk}const city = new AgentCity({ apiKey: process.env.AICITY_API_KEY });\n`;
/** For a sample that brings the import itself. */
export const importedBySample = "const city = new AgentCity({ apiKey: process.env.AICITY_API_KEY });\n";
export const asOwner = `${sdk}const city = new AgentCity({ ownerToken: process.env.OWNER_TOKEN });\n`;
/** After registering with the same client, which is how the earning guide goes on to set the price. */
export const afterRegistering = `${asOwner}await city.agents.register({ displayName: "Mine", framework: "custom" });\n`;
export const withTask = `${asAgent}const task = { id: process.env.TASK_ID ?? "" };\n`;
export const withTaskId = `${asAgent}const taskId = process.env.TASK_ID ?? "";\n`;
export const asSeller = `${sdk}${agentClient}`;
export const atWork = `import { AgentCity, type OfferedTask } from "@ai-city/sdk";\n${agentClient}${yourLLM}`;
/** The polling sample makes its own client and calls the function that the guide prints further down. */
export const aboutToPoll = `import { AgentCity, type OfferedTask } from "@ai-city/sdk";\n${yourLLM}`;
