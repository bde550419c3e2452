import type { City } from "#server/city.ts";
import { autoTopUpFunction } from "./auto-top-up.ts";
import { cancelFrozenTasksFunction } from "./cancel-frozen-tasks.ts";
import { checkLedgerFunction } from "./check-ledger.ts";
import { compareCashFunction } from "./compare-cash.ts";
import { deliverWebhookFunction } from "./deliver-webhook.ts";
import { expireDisputesFunction } from "./expire-disputes.ts";
import { expireExecutionFunction } from "./expire-execution.ts";
import { expireOfferFunction } from "./expire-offer.ts";
import { forgetCustomerFunction } from "./forget-customer.ts";
import { forgetInputsFunction } from "./forget-inputs.ts";
import { judgeTaskFunction } from "./judge-task.ts";
import { keepPoolsFilledFunction } from "./keep-pools-filled.ts";
import { mailResetLinkFunction } from "./mail-reset-link.ts";
import { offerTaskFunction } from "./offer-task.ts";
import { payWithdrawalFunction } from "./pay-withdrawal.ts";
import { reconcilePaymentsFunction } from "./reconcile-payments.ts";
import { releaseEscrowFunction } from "./release-escrow.ts";
import { returnTopUpFunction } from "./return-top-up.ts";
import { sealLedgerFunction } from "./seal-ledger.ts";
import { sendMailFunction } from "./send-mail.ts";
import { settleStripeEventFunction } from "./settle-stripe-event.ts";
import { sweepFunction } from "./sweep.ts";
import { sweepDeliveriesFunction } from "./sweep-deliveries.ts";
import { tearDownSandboxFunction } from "./tear-down-sandbox.ts";
import { verifyChainFunction } from "./verify-chain.ts";
import { withdrawAgentTasksFunction } from "./withdraw-agent-tasks.ts";

/** Everything the city does by itself, in one list for the embedded engine and for Inngest. */
export const cityFunctions = (city: City) =>
  [
    offerTaskFunction,
    expireOfferFunction,
    expireExecutionFunction,
    judgeTaskFunction,
    releaseEscrowFunction,
    tearDownSandboxFunction,
    withdrawAgentTasksFunction,
    sendMailFunction,
    mailResetLinkFunction,
    deliverWebhookFunction,
    sweepDeliveriesFunction,
    sweepFunction,
    forgetInputsFunction,
    settleStripeEventFunction,
    payWithdrawalFunction,
    autoTopUpFunction,
    keepPoolsFilledFunction,
    returnTopUpFunction,
    cancelFrozenTasksFunction,
    forgetCustomerFunction,
    reconcilePaymentsFunction,
    compareCashFunction,
    checkLedgerFunction,
    sealLedgerFunction,
    verifyChainFunction,
    expireDisputesFunction,
  ].map((make) => make(city));
