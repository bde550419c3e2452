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
  const arrive = (owner: string, amount: number) => {
    const debt = Math.min(amount, -of(`receivable:owner:${owner}`));
    move(CITY, `receivable:owner:${owner}`, debt);
    move(CITY, `pool:${owner}`, amount - debt);
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
      move(`held:${task.owner}`, `pool:${task.owner}`, task.budget);
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
      move(`held:${task.owner}`, `pool:${task.owner}`, task.budget - price);
      return null;
    },
    refund(task: TaskBook): Outcome {
      if (task.state !== "charged") return "CONFLICT";
      task.state = "refunded";
      const pool = `pool:${task.owner}`;
      let left = task.share;
      const take = (account: string, most: number) => {
        const part = Math.min(left, most);
        move(account, pool, part);
        left -= part;
      };
      if (task.frozen === "now") take(`disputed:${task.agent}`, left);
      else if (!task.released) take(`escrow:${task.agent}`, left);
      take(`wallet:${task.agent}`, of(`wallet:${task.agent}`));
      take(`receivable:agent:${task.agent}`, left);
      move(CITY, pool, task.fee);
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
      arrive(owner, amount);
      return null;
    },
    grant(owner: string, amount: number): Outcome {
      move(CITY, `pool:${owner}`, amount);
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
      arrive(topUp.owner, amount);
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
      move(CITY, `pool:${topUp.owner}`, amount);
      return null;
    },
    startPayout(owner: string, sources: PayoutBook["sources"]): Outcome {
      const indebted = sources.some(({ agentId }) => of(`receivable:agent:${agentId}`) < 0);
      if (indebted || of(`receivable:owner:${owner}`) < 0) return "CONFLICT";
      if (sources.some(({ agentId, amount }) => of(`wallet:${agentId}`) < amount)) return "INSUFFICIENT_CREDITS";
      for (const { agentId, amount } of sources) move(`wallet:${agentId}`, `payout_in_flight:${owner}`, amount);
      return null;
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
