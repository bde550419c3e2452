/** Why a move is refused; null when it is made. */
export type Refusal = "INSUFFICIENT_CREDITS" | "CONFLICT" | "VALIDATION_ERROR";
export type Outcome = Refusal | null;

export type TaskBook = {
  owner: string;
  agent: string;
  budget: number;
  share: number;
  fee: number;
  state: "held" | "returned" | "charged" | "refunded";
  released: boolean;
  frozen: "never" | "now" | "over";
};
export type TopUpBook = {
  owner: string;
  amount: number;
  takenBack: number[];
  givenAgain: number[];
  returns: number[];
  undone: number[];
};
export type PayoutBook = {
  owner: string;
  sources: { agentId: string; amount: number }[];
  state: "started" | "paid" | "failed";
  /** Once reported paid; a bank may return it even so. */
  settled: boolean;
};

/**
 * The contract's money rules once more, in plain TypeScript and from the contract's text, not from the SQL: what every
 * balance must be after each move. Where this and the database differ, one of them is wrong.
 */
export function makeBooks() {
  const balances = new Map<string, number>();
  const of = (account: string) => balances.get(account) ?? 0;
  const move = (from: string, to: string, amount: number) => {
    balances.set(from, of(from) - amount);
    balances.set(to, of(to) + amount);
  };
  const CITY = "city";
  const earn = (from: string, agent: string, amount: number) => {
    const debt = Math.min(amount, -of(`receivable:agent:${agent}`));
    move(from, `receivable:agent:${agent}`, debt);
    move(from, `wallet:${agent}`, amount - debt);
  };
  /** Whatever comes to a pool pays what its owner owes; only the rest can be spent. */
  const arrive = (from: string, owner: string, amount: number) => {
    const debt = Math.min(amount, -of(`receivable:owner:${owner}`));
    move(from, `receivable:owner:${owner}`, debt);
    move(from, `pool:${owner}`, amount - debt);
  };
  /** What an owner and its agents owe in all. */
  const owed = (owner: string, agents: string[]) =>
    agents.reduce((sum, agent) => sum - of(`receivable:agent:${agent}`), -of(`receivable:owner:${owner}`));
  /** Wallets pay, in the order given, what is owed, in the order of names; the owner's own debt comes last. */
  const repay = (owner: string, agents: string[]) => {
    const debts = agents.toSorted().map((agent) => `receivable:agent:${agent}`);
    for (const debt of [...debts, `receivable:owner:${owner}`]) {
      for (const agent of agents) move(`wallet:${agent}`, debt, Math.min(of(`wallet:${agent}`), -of(debt)));
    }
  };
  const startPayout = (owner: string, sources: PayoutBook["sources"]): Outcome => {
    const indebted = sources.some(({ agentId }) => of(`receivable:agent:${agentId}`) < 0);
    if (indebted || of(`receivable:owner:${owner}`) < 0) return "CONFLICT";
    if (sources.some(({ agentId, amount }) => of(`wallet:${agentId}`) < amount)) return "INSUFFICIENT_CREDITS";
    for (const { agentId, amount } of sources) move(`wallet:${agentId}`, `payout_in_flight:${owner}`, amount);
    return null;
  };

  return {
    balances,
    of,
    hold(owner: string, amount: number): Outcome {
      if (amount <= 0) return "VALIDATION_ERROR";
      if (of(`pool:${owner}`) < amount) return "INSUFFICIENT_CREDITS";
      move(`pool:${owner}`, `held:${owner}`, amount);
      return null;
    },
    returnHold(task: TaskBook): Outcome {
      if (task.state !== "held") return "CONFLICT";
      task.state = "returned";
      arrive(`held:${task.owner}`, task.owner, task.budget);
      return null;
    },
    charge(task: TaskBook, price: number): Outcome {
      if (price <= 0 || price > task.budget) return "VALIDATION_ERROR";
      if (task.state !== "held") return "CONFLICT";
      task.fee = Math.round(price * 0.15 + 1e-9);
      task.share = price - task.fee;
      task.state = "charged";
      move(`held:${task.owner}`, `escrow:${task.agent}`, task.share);
      move(`held:${task.owner}`, CITY, task.fee);
      arrive(`held:${task.owner}`, task.owner, task.budget - price);
      return null;
    },
    refund(task: TaskBook): Outcome {
      if (task.state !== "charged") return "CONFLICT";
      task.state = "refunded";
      let left = task.share;
      const take = (account: string, most: number) => {
        const part = Math.min(left, most);
        arrive(account, task.owner, part);
        left -= part;
      };
      if (task.frozen === "now") take(`disputed:${task.agent}`, left);
      else if (!task.released) take(`escrow:${task.agent}`, left);
      take(`wallet:${task.agent}`, of(`wallet:${task.agent}`));
      take(`receivable:agent:${task.agent}`, left);
      arrive(CITY, task.owner, task.fee);
      return null;
    },
    release(task: TaskBook): Outcome {
      if (task.state !== "charged" || task.frozen === "now" || task.released) return "CONFLICT";
      task.released = true;
      earn(`escrow:${task.agent}`, task.agent, task.share);
      return null;
    },
    freeze(task: TaskBook): Outcome {
      if (task.state !== "charged" || task.frozen !== "never") return "CONFLICT";
      task.frozen = "now";
      const source = task.released ? `wallet:${task.agent}` : `escrow:${task.agent}`;
      const there = Math.min(task.share, of(source));
      move(source, `disputed:${task.agent}`, there);
      move(`receivable:agent:${task.agent}`, `disputed:${task.agent}`, task.share - there);
      return null;
    },
    unfreeze(task: TaskBook): Outcome {
      if (task.state !== "charged" || task.frozen !== "now") return "CONFLICT";
      task.frozen = "over";
      if (task.released) earn(`disputed:${task.agent}`, task.agent, task.share);
      else move(`disputed:${task.agent}`, `escrow:${task.agent}`, task.share);
      return null;
    },
    topUp(owner: string, amount: number): Outcome {
      if (amount <= 0) return "VALIDATION_ERROR";
      arrive(CITY, owner, amount);
      return null;
    },
    grant(owner: string, amount: number): Outcome {
      arrive(CITY, owner, amount);
      return null;
    },
    takeBack(topUp: TopUpBook, amount: number): Outcome {
      topUp.takenBack.push(amount);
      const there = Math.min(amount, of(`pool:${topUp.owner}`));
      move(`pool:${topUp.owner}`, CITY, there);
      move(`receivable:owner:${topUp.owner}`, CITY, amount - there);
      return null;
    },
    giveAgain(topUp: TopUpBook, amount: number): Outcome {
      topUp.givenAgain.push(amount);
      arrive(CITY, topUp.owner, amount);
      return null;
    },
    returnUnspent(topUp: TopUpBook, amount: number): Outcome {
      if (of(`pool:${topUp.owner}`) < amount) return "INSUFFICIENT_CREDITS";
      topUp.returns.push(amount);
      move(`pool:${topUp.owner}`, CITY, amount);
      return null;
    },
    undoReturn(topUp: TopUpBook, amount: number): Outcome {
      topUp.undone.push(amount);
      arrive(CITY, topUp.owner, amount);
      return null;
    },
    owed,
    repay(owner: string, agents: string[]): Outcome {
      repay(owner, agents);
      return null;
    },
    startPayout,
    /** What an owner asks for: debts first, then the payout; all of it or nothing. */
    withdraw(owner: string, agents: string[], sources: PayoutBook["sources"]): Outcome {
      const before = [...balances];
      repay(owner, agents);
      const refusal = owed(owner, agents) > 0 ? "CONFLICT" : startPayout(owner, sources);
      if (refusal) for (const [account, balance] of before) balances.set(account, balance);
      return refusal;
    },
    settlePayout(payout: PayoutBook): Outcome {
      if (payout.state !== "started") return "CONFLICT";
      payout.state = "paid";
      payout.settled = true;
      move(`payout_in_flight:${payout.owner}`, CITY, total(payout));
      return null;
    },
    failPayout(payout: PayoutBook): Outcome {
      if (payout.state === "failed") return "CONFLICT";
      const from = payout.state === "paid" ? CITY : `payout_in_flight:${payout.owner}`;
      payout.state = "failed";
      for (const { agentId, amount } of payout.sources) earn(from, agentId, amount);
      return null;
    },
  };
}

export type Books = ReturnType<typeof makeBooks>;

const total = (payout: PayoutBook) => payout.sources.reduce((sum, { amount }) => sum + amount, 0);
