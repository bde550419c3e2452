import { createTransport } from "nodemailer";
import type { MailPort } from "../mail.ts";

/** Mail through an SMTP server, given as `smtp://user:password@host:587` or `smtps://…`. */
export function smtpMail(options: { url: string; from: string }): MailPort {
  const transport = createTransport(options.url);
  return {
    adapter: "smtp",
    async send({ id, to, subject, text }) {
      // A message id made from the row lets a receiving server see a repeat for what it is.
      await transport.sendMail({ from: options.from, to, subject, text, messageId: `<${id}@aicity>` });
    },
  };
}

/** Local mode: mails stay in the database, where the outbox page shows them. */
export const outboxMail: MailPort = { adapter: "outbox", async send() {} };
