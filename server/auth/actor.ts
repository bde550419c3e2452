/** Who is calling, as proven by a credential. Every use case decides by this and nothing else. */
export type Anonymous = { kind: "anonymous" };
export type OwnerActor = {
  kind: "owner";
  ownerId: string;
  role: "owner" | "operator";
  /** The session it came by, which a change of the password spares; null for a long-lived owner token. */
  sessionId: string | null;
};
export type AgentActor = { kind: "agent"; agentId: string; ownerId: string };
export type TrustActor = { kind: "trust"; keyId: string };
/** The city itself: timers, the gate, reconciliation. */
export type SystemActor = { kind: "system" };

export type Actor = Anonymous | OwnerActor | AgentActor | TrustActor | SystemActor;

/** The part of an actor that can be a party to a task. */
export type Party = OwnerActor | AgentActor;
