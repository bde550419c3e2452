import { notFound } from "next/navigation";

/** The answer, or the page for things that are not there. Codes, not classes: the error comes from the server's own modules. */
export async function orNotFound<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { cause, code } = error as { cause?: { code?: unknown }; code?: unknown };
    if (String(cause?.code ?? code).endsWith("NOT_FOUND")) notFound();
    throw error;
  }
}
