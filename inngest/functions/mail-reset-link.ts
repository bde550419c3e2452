import { on } from "#inngest/on.ts";
import { mailResetLink } from "#server/auth/mail-reset-link.ts";
import type { City } from "#server/city.ts";

/** Looks the account up here, after the answer was sent, so that its time does not tell whether there is one. */
export const mailResetLinkFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "mail-reset-link", retries: 10, triggers: [on("auth/reset-requested")] },
    async ({ event, step }) => {
      const { sealedEmail } = event.data;
      return step.run("mail", () => mailResetLink(city.ctx(), { sealedEmail }));
    },
  );
