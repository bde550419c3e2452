import { getProviders, signIn } from "next-auth/react";

/** Opens the dashboard session, or says why not. */
export async function enter(
  email: string,
  password: string,
): Promise<"in" | "wrong" | "too_often" | "unavailable" | "no_answer"> {
  // `signIn` asks for them too, and without an answer leads away to an error page: what was typed would be lost.
  if (!(await getProviders())) return "no_answer";
  const answer = await signIn("credentials", { email, password, redirect: false }).catch(() => undefined);
  if (!answer) return "no_answer";
  if (answer.ok && !answer.error) return "in";
  if (answer.error === "CredentialsSignin") return "wrong";
  return answer.error === "RATE_LIMITED" ? "too_often" : "unavailable";
}
