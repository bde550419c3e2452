import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { sendMail } from "#server/mail/send-mail.ts";

/** Mail leaves after the change it tells of is committed. */
export const sendMailFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "send-mail", retries: 10, triggers: [on("mail/queued")] },
    async ({ event, step }) => {
      const { mailId } = event.data;
      return step.run("send", () => sendMail(city.ctx(), { mailId }));
    },
  );
