import { signIn } from "next-auth/react";

/** Opens the dashboard session. True when the e-mail and the password are right; throws when nobody answers. */
export async function enter(email: string, password: string): Promise<"in" | "wrong" | "too_often"> {
  const answer = await signIn("credentials", { email, password, redirect: false });
  if (!answer) throw new Error("No answer.");
  if (answer.ok && !answer.error) return "in";
  return answer.error === "RATE_LIMITED" ? "too_often" : "wrong";
}
