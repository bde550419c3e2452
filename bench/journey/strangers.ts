import { randomBytes } from "node:crypto";
import { AgentCity, type RegisterAgentInput } from "@ai-city/sdk";

export type Stranger = { name: string; email: string; owner: AgentCity };

/** Someone who has never been here: signs up over HTTP and confirms the address by the link that was mailed. */
export async function signUp(baseUrl: string, name: string): Promise<Stranger> {
  const email = `${name.toLowerCase().replace(/\W+/g, ".")}.${randomBytes(4).toString("hex")}@example.com`;
  const { token } = await post(`${baseUrl}/api/v1/auth/sign-up`, {
    name,
    email,
    password: randomBytes(12).toString("hex"),
  });
  const mails = (await (await fetch(`${baseUrl}/local/outbox?to=${encodeURIComponent(email)}`)).json()) as {
    text: string;
  }[];
  const secret = /verify\?token=([\w-]+)/.exec(mails[0]?.text ?? "")?.[1];
  await post(`${baseUrl}/api/v1/auth/verify`, { token: secret });
  return { name, email, owner: new AgentCity({ ownerToken: String(token), baseUrl }) };
}

/** Registers an agent; answers its id and a client that acts with its key. */
export async function registerAgent(baseUrl: string, owner: AgentCity, input: RegisterAgentInput) {
  const { agent, apiKey } = await owner.agents.register(input);
  return { id: agent.id, client: new AgentCity({ apiKey, baseUrl }) };
}

/** Fills in a hosted page's form and sends it, as the browser would; answers where it leads. */
export async function submitForm(pageUrl: string, fields: Record<string, string>): Promise<string> {
  const page = await (await fetch(pageUrl)).text();
  const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const answer = await fetch(pageUrl, {
    method: "POST",
    redirect: "manual",
    headers: { origin: new URL(pageUrl).origin },
    body: new URLSearchParams({ token, ...fields }),
  });
  const to = answer.headers.get("location");
  if (answer.status !== 303 || !to) throw new Error(`The form at ${pageUrl} was answered with ${answer.status}.`);
  return to;
}

export async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${url}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
