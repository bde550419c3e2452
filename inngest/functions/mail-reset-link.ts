import { on } from "#inngest/on.ts";
import { mailResetLink } from "#server/auth/mail-reset-link.ts";
import type { City } from "#server/city.ts";

/** Someone asked for a new password: whether for an account that exists is found out here, where nobody waits. */
export const mailResetLinkFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "mail-reset-link", retries: 10, triggers: [on("auth/reset-requested")] },
    async ({ event, step }) => {
      const { sealedEmail } = event.data;
      return step.run("mail", () => mailResetLink(city.ctx(), { sealedEmail }));
    },
  );
