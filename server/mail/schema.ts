import { z } from "zod";

export const outboxMails = z.array(
  z.object({ id: z.string(), to: z.string(), subject: z.string(), text: z.string(), createdAt: z.iso.datetime() }),
);
