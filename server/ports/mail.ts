/** Sends plain-text mail. Called outside of transactions, for mails that are committed rows already. */
export interface MailPort {
  /** `outbox` sends nothing: in local mode the row itself is what the outbox page shows. */
  readonly adapter: "smtp" | "outbox";
  /** Repeating it may send twice; a mail never says anything that must be said only once. */
  send(mail: { id: string; to: string; subject: string; text: string }): Promise<void>;
}
