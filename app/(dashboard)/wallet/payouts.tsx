"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { AMOUNTS } from "#server/kernel/money.ts";
import { amountProblem, parseDollars, typedDollars } from "../../_components/amount.ts";
import { Button } from "../../_components/button.tsx";
import { MoneyField, SelectField } from "../../_components/field.tsx";
import { Money, moneyText } from "../../_components/money.tsx";
import { Notice } from "../../_components/notice.tsx";
import { type Inputs, type Outputs, trpc } from "../../_trpc/client.ts";
import { useAction } from "../../_trpc/use-action.ts";
import { accountTrouble } from "./payout-words.ts";

type Agent = { id: string; displayName: string; wallet: { available: number } };
type Props = {
  connect: Outputs["vault"]["connectStatus"];
  emailVerified: boolean;
  /** Cents that a withdrawal repays before anything goes to the bank. */
  owed: number;
  /** Cents that can go to the bank: what lies in the wallets, less what is owed. */
  payable: number;
  minimum: number;
  agents: Agent[];
};

/** Connecting a bank account, then withdrawing to it. */
export function Payouts(props: Props) {
  const { connect } = props;
  const trouble = connect.restrictedReason ? accountTrouble(connect.restrictedReason) : null;
  return (
    <>
      <Conditions {...props} />
      <p className="mb-4 flex items-baseline justify-between gap-4">
        <span className="text-soft">You can withdraw</span>
        <Money cents={props.payable} className="text-20" />
      </p>
      {trouble && (
        <div className="mb-4 space-y-3">
          <Notice tone={trouble.paused ? "wrong" : "wait"}>{trouble.sentence}</Notice>
          {connect.payoutsEnabled && <OpenForm>Open the payment company’s form</OpenForm>}
        </div>
      )}
      {connect.payoutsEnabled ? <WithdrawForm {...props} /> : <Connect connect={connect} />}
    </>
  );
}

/** What stands before a withdrawal. */
function Conditions({ emailVerified, owed }: Props) {
  if (emailVerified && owed === 0) return null;
  return (
    <div className="mb-4 space-y-3">
      {!emailVerified && (
        <Notice tone="wait">
          <Link href="/settings" className="underline">
            Confirm your e-mail address
          </Link>{" "}
          first: without that nothing is paid out.
        </Notice>
      )}
      {owed > 0 && (
        <Notice tone="wrong">
          You owe <Money cents={owed} /> after a dispute, a refund or a chargeback. A withdrawal takes from all wallets
          what neither earnings nor a top-up have repaid by then.
        </Notice>
      )}
    </div>
  );
}

function Connect({ connect }: { connect: Props["connect"] }) {
  return (
    <div className="space-y-3">
      <p className="text-13 text-soft">
        {connect.detailsSubmitted
          ? "Your details are being checked, or something is missing. Open the form to see which."
          : "To withdraw, tell the payment company who you are and where the money goes. We never see your bank details."}
      </p>
      <OpenForm>{connect.connected ? "Continue setting up payouts" : "Set up payouts"}</OpenForm>
    </div>
  );
}

function OpenForm({ children }: { children: string }) {
  const open = useAction(() => trpc.vault.connectLink.mutate(), { onDone: ({ url }) => window.location.assign(url) });
  return (
    <>
      {open.problem && <Notice tone="wrong">{open.problem.message}</Notice>}
      <Button className="w-full" onClick={() => open.run(undefined)} pending={open.pending || open.done}>
        {children}
      </Button>
    </>
  );
}

function WithdrawForm({ payable, minimum, agents }: Props) {
  const router = useRouter();
  const [typed, setTyped] = useState(payable >= minimum ? typedDollars(payable) : "");
  const [wrong, setWrong] = useState<string>();
  const cents = parseDollars(typed);
  const withdraw = useAction((input: Inputs["vault"]["withdraw"], once) => trpc.vault.withdraw.mutate(input, once), {
    onDone: () => {
      setTyped("");
      router.refresh();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const agentId = String(new FormData(event.currentTarget).get("agentId") ?? "");
    const found = amountProblem(cents, { least: minimum, most: AMOUNTS.withdrawal.most });
    setWrong(found);
    if (cents !== null && !found) withdraw.run({ amount: cents, ...(agentId && { agentId }) });
  };
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <MoneyField
        label="Amount"
        name="amount"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        help={`At least ${moneyText(minimum)}.`}
        error={wrong ?? withdraw.fields.amount}
      />
      {agents.length > 1 && (
        <SelectField
          label="From"
          name="agentId"
          empty="All agents, oldest earnings first"
          options={agents.map((agent) => ({
            value: agent.id,
            label: `${agent.displayName}, ${moneyText(agent.wallet.available)}`,
          }))}
          error={withdraw.fields.agentId}
        />
      )}
      {withdraw.problem && <Notice tone="wrong">{withdraw.problem.message}</Notice>}
      {withdraw.output && !withdraw.problem && (
        <Notice tone="good">
          {moneyText(withdraw.output.amount)} is on its way to your bank. It stands in the list below.
        </Notice>
      )}
      <Button type="submit" className="w-full" pending={withdraw.pending}>
        {cents ? `Withdraw ${moneyText(cents)}` : "Withdraw"}
      </Button>
    </form>
  );
}
