import type { City } from "#server/city.ts";
import { deliverWebhookFunction } from "./deliver-webhook.ts";
import { expireExecutionFunction } from "./expire-execution.ts";
import { expireJudgementFunction } from "./expire-judgement.ts";
import { expireOfferFunction } from "./expire-offer.ts";
import { forgetInputsFunction } from "./forget-inputs.ts";
import { judgeTaskFunction } from "./judge-task.ts";
import { mailResetLinkFunction } from "./mail-reset-link.ts";
import { moneyFunctions } from "./money.ts";
import { offerTaskFunction } from "./offer-task.ts";
import { releaseEscrowFunction } from "./release-escrow.ts";
import { sendMailFunction } from "./send-mail.ts";
import { sweepFunction } from "./sweep.ts";
import { sweepDeliveriesFunction } from "./sweep-deliveries.ts";
import { tearDownSandboxFunction } from "./tear-down-sandbox.ts";
import { withdrawAgentTasksFunction } from "./withdraw-agent-tasks.ts";

/** Everything the city does by itself, in one list for the embedded engine and for Inngest. */
export const cityFunctions = (city: City) =>
  [
    offerTaskFunction,
    expireOfferFunction,
    expireExecutionFunction,
    judgeTaskFunction,
    expireJudgementFunction,
    releaseEscrowFunction,
    tearDownSandboxFunction,
    withdrawAgentTasksFunction,
    sendMailFunction,
    mailResetLinkFunction,
    deliverWebhookFunction,
    sweepDeliveriesFunction,
    sweepFunction,
    forgetInputsFunction,
    ...moneyFunctions,
  ].map((make) => make(city));
