import { type Cents, formatCents } from "../kernel/money.ts";
import type { Topic } from "./schema.ts";

type Task = { taskId: string; taskType: string; description: string };
type Agent = { agentId: string; name: string };
type Dispute = { disputeId: string; taskType: string; amount: Cents; side: "buyer" | "seller" };

/** What an owner can be told by mail, with the facts each mail states. Texts of the other party are never in a mail. */
export type Notice =
  | ({ kind: "task_completed"; score: number; charged: Cents; feedbackUntil: Date; disputeUntil: Date } & Task)
  | ({ kind: "task_failed"; message: string; returned: Cents } & Task)
  | ({ kind: "task_refunded"; amount: Cents } & Task)
  | ({ kind: "dispute_opened"; respondBy: Date; debt: Cents; sellerWinsFrom: number } & Dispute)
  | ({ kind: "dispute_answered"; by: "buyer" | "seller" } & Dispute)
  | ({ kind: "dispute_ended"; outcome: keyof typeof ENDINGS } & Dispute)
  | ({ kind: "agent_suspended"; until: Date } & Agent)
  | ({ kind: "agent_offline"; misses: number } & Agent)
  | ({ kind: "webhook_off"; reason: string } & Agent)
  | { kind: "withdrawal_paid"; amount: Cents }
  | { kind: "withdrawal_failed"; amount: Cents; reason: string }
  | { kind: "auto_top_up_failed"; amount: Cents; reason: string | null; switchedOff: boolean }
  | { kind: "auto_top_up_off"; why: "charged_back" | "sent_back" }
  | { kind: "top_up_charged_back"; amount: Cents; debt: Cents };

type Written = { topic: Topic; subject: string; lines: string[]; path: string };
type Writer<Kind extends Notice["kind"]> = (notice: Extract<Notice, { kind: Kind }>) => Written;

/** The one place where an event becomes a mail. */
const WRITERS: { [Kind in Notice["kind"]]: Writer<Kind> } = {
  task_completed: (task) => ({
    topic: "task_results",
    subject: `Task completed: ${words(task.taskType)}, ${formatCents(task.charged)}`,
    lines: [
      `${nameOf(task)} passed the quality gate with ${task.score} of 100 points. You paid ${formatCents(task.charged)}; what was held beyond that was given back.`,
      `Not what you wanted? A thumbs-down until ${timeOf(task.feedbackUntil)} gives everything back at once. A dispute can be opened until ${timeOf(task.disputeUntil)}.`,
    ],
    path: `/tasks/${task.taskId}`,
  }),
  task_failed: (task) => ({
    topic: "task_failures",
    subject: `Task failed: ${words(task.taskType)}`,
    lines: [`${nameOf(task)} failed. ${task.message}`, givenBack(formatCents(task.returned))],
    path: `/tasks/${task.taskId}`,
  }),
  task_refunded: (task) => ({
    topic: "task_failures",
    subject: `Refunded: ${formatCents(task.amount)}`,
    lines: [`${nameOf(task)} was refunded; the work stays readable.`, givenBack(formatCents(task.amount))],
    path: `/tasks/${task.taskId}`,
  }),
  dispute_opened: (dispute) => ({
    topic: "disputes",
    subject: `Dispute opened: ${formatCents(dispute.amount)}`,
    lines:
      dispute.side === "seller"
        ? [
            `The buyer of a ${words(dispute.taskType)} task disputes the work of your agent. ${formatCents(dispute.amount)} is in dispute; your share is frozen until it is decided.`,
            ...(dispute.debt > 0
              ? [
                  `${formatCents(dispute.debt)} of it is no longer in the agent's wallet and is booked as a debt. Coming earnings repay it, or your next withdrawal does before anything goes to the bank; if the dispute ends for you, what was frozen settles it.`,
                ]
              : []),
            `Answer until ${timeOf(dispute.respondBy)}. Without an answer the quality score decides: ${dispute.sellerWinsFrom} points or more are for you.`,
          ]
        : [
            `Your dispute about a ${words(dispute.taskType)} task is open; ${formatCents(dispute.amount)} is in dispute.`,
            `The seller has until ${timeOf(dispute.respondBy)} to answer, then an operator decides. Without an answer the quality score decides.`,
          ],
    path: `/disputes/${dispute.disputeId}`,
  }),
  dispute_answered: (dispute) => ({
    topic: "disputes",
    subject: "A dispute was answered",
    lines: [
      dispute.by === dispute.side
        ? `Your word on the dispute about a ${words(dispute.taskType)} task (${formatCents(dispute.amount)}) is in the file.`
        : `The ${dispute.by} added to the dispute about a ${words(dispute.taskType)} task (${formatCents(dispute.amount)}). You can add to it until it is decided.`,
    ],
    path: `/disputes/${dispute.disputeId}`,
  }),
  dispute_ended: (dispute) => ({
    topic: "disputes",
    subject: `Dispute ended: ${ENDINGS[dispute.outcome].title}`,
    lines: [
      `The dispute about a ${words(dispute.taskType)} task is over: ${ENDINGS[dispute.outcome].title}.`,
      ENDINGS[dispute.outcome][dispute.side](formatCents(dispute.amount)),
    ],
    path: `/disputes/${dispute.disputeId}`,
  }),
  agent_suspended: (agent) => ({
    topic: "agents",
    subject: `Suspended: ${oneLine(agent.name)}`,
    lines: [
      `Three tasks in a row failed with your agent "${oneLine(agent.name)}". It gets no new offers until ${timeOf(agent.until)}; running work is not touched.`,
      "Look at the reasons on its failed tasks before it comes back.",
    ],
    path: `/agents/${agent.agentId}`,
  }),
  agent_offline: (agent) => ({
    topic: "agents",
    subject: `Set offline: ${oneLine(agent.name)}`,
    lines: [
      `Your agent "${oneLine(agent.name)}" let ${agent.misses} offers in a row pass, so it was set offline and gets no more.`,
      "Check that it runs and polls for work, then set it to available again.",
    ],
    path: `/agents/${agent.agentId}`,
  }),
  webhook_off: (agent) => ({
    topic: "agents",
    subject: "A webhook was switched off",
    lines: [
      `The webhook of your agent "${oneLine(agent.name)}" was switched off: ${agent.reason}`,
      "Until it is registered again, the agent is offered tasks only while it polls for them.",
      "What was not delivered can be sent again from the list of deliveries.",
    ],
    path: `/agents/${agent.agentId}`,
  }),
  withdrawal_paid: ({ amount }) => ({
    topic: "money",
    subject: `Withdrawal paid: ${formatCents(amount)}`,
    lines: [`${formatCents(amount)} was paid to your bank. Banks may take a day to show it.`],
    path: "/wallet",
  }),
  withdrawal_failed: ({ amount, reason }) => ({
    topic: "money",
    subject: `Withdrawal failed: ${formatCents(amount)}`,
    lines: [
      `Your withdrawal of ${formatCents(amount)} failed: ${oneLine(reason)}`,
      "The money was given back to your agents' wallets; anything they owe is repaid from it first.",
      "Check your bank details on the wallet page, then withdraw again.",
    ],
    path: "/wallet",
  }),
  auto_top_up_failed: ({ amount, reason, switchedOff }) => ({
    topic: "money",
    subject: "An automatic top-up failed",
    lines: [
      `Your card was not charged ${formatCents(amount)}${reason ? `: ${oneLine(reason).replaceAll("_", " ")}.` : "."}`,
      switchedOff
        ? "This was the third failure in a row, so automatic top-ups are off now. Switch them on again on the wallet page once the card works."
        : "Tasks that cost more than your pool holds are refused until it is topped up.",
    ],
    path: "/wallet",
  }),
  auto_top_up_off: ({ why }) => ({
    topic: "money",
    subject: "Automatic top-ups are off",
    lines: [
      why === "charged_back"
        ? "The card company took a top-up back, so your card is not charged by itself any more."
        : "You sent money back to your card, and your pool is below the amount at which it would be charged again. So your card is not charged by itself any more.",
      "Switch automatic top-ups on again on the wallet page when you want them.",
    ],
    path: "/wallet",
  }),
  top_up_charged_back: ({ amount, debt }) => ({
    topic: "money",
    subject: `A top-up was charged back: ${formatCents(amount)}`,
    lines: [
      `The card company took ${formatCents(amount)} of a top-up back.`,
      debt > 0
        ? `${formatCents(debt)} of it was spent already. Until that is paid you cannot submit tasks, and tasks no agent has started are cancelled. Whatever comes into your pool pays it first.`
        : "It was taken from your pool. You can go on as before.",
    ],
    path: "/wallet",
  }),
};

/** Whether anything was owed, and how much, is the ledger's to know: this is true either way. */
function givenBack(amount: string): string {
  return `${amount} was given back to your pool; anything you owe is repaid from it first.`;
}

const ENDINGS = {
  resolved_buyer: {
    title: "decided for the buyer",
    buyer: givenBack,
    seller: (amount: string) => `The buyer got ${amount} back. What was frozen of yours went into that.`,
  },
  resolved_agent: {
    title: "decided for the seller",
    buyer: (amount: string) => `The charge of ${amount} stands.`,
    seller: () => "What was frozen of yours is free again, a debt booked for it settled.",
  },
  withdrawn: {
    title: "withdrawn by the buyer",
    buyer: (amount: string) => `You took it back, so the charge of ${amount} stands.`,
    seller: () => "What was frozen of yours is free again, a debt booked for it settled.",
  },
  refunded: {
    title: "closed by a refund",
    buyer: (amount: string) => `Your thumbs-down gave ${amount} back, so there is nothing left to decide.`,
    seller: (amount: string) => `The buyer's thumbs-down within the refund window gave ${amount} back.`,
  },
} as const;

export function writeNotice<Kind extends Notice["kind"]>(
  notice: Extract<Notice, { kind: Kind }>,
  publicUrl: string,
): { topic: Topic; subject: string; text: string } {
  const { topic, subject, lines, path } = (WRITERS[notice.kind] as Writer<Kind>)(notice);
  const footer = `Which mails you get is your choice: ${publicUrl}/settings/notifications`;
  return { topic, subject, text: [...lines, `${publicUrl}${path}`, `AI City\n${footer}`].join("\n\n") };
}

const words = (taskType: string) => taskType.replaceAll("_", " ");
const nameOf = ({ taskType, description }: Task) => `Your ${words(taskType)} task "${shorten(oneLine(description))}"`;
const timeOf = (moment: Date) => `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;
/** People's own words must not look like lines of ours, nor end a header. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();
const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
