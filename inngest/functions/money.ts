import { autoTopUpFunction } from "./auto-top-up.ts";
import { cancelFrozenTasksFunction } from "./cancel-frozen-tasks.ts";
import { checkLedgerFunction } from "./check-ledger.ts";
import { compareCashFunction } from "./compare-cash.ts";
import { expireDisputesFunction } from "./expire-disputes.ts";
import { forgetCustomerFunction } from "./forget-customer.ts";
import { keepPoolsFilledFunction } from "./keep-pools-filled.ts";
import { payWithdrawalFunction } from "./pay-withdrawal.ts";
import { reconcilePaymentsFunction } from "./reconcile-payments.ts";
import { returnTopUpFunction } from "./return-top-up.ts";
import { sealLedgerFunction } from "./seal-ledger.ts";
import { settleStripeEventFunction } from "./settle-stripe-event.ts";
import { verifyChainFunction } from "./verify-chain.ts";

/** What the city does by itself with money. */
export const moneyFunctions = [
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
];
