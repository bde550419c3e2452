"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { Notice } from "../../_components/notice.tsx";

type Props = { topUp: string | undefined; connect: string | undefined; settled: boolean };

const TRIES = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Says how a visit to the payment pages ended. The money arrives by the card company's own message, usually before the
 * person is back: the page asks again a few times, so that the balance follows without a reload.
 */
export function ReturnNotice({ topUp, connect, settled }: Props) {
  const router = useRouter();
  const waiting = (topUp !== undefined && topUp !== "cancelled") || (connect === "done" && !settled);
  useEffect(() => {
    if (!waiting) return;
    const timers = TRIES.map((delay) => setTimeout(() => router.refresh(), delay));
    return () => timers.forEach(clearTimeout);
  }, [waiting, router]);
  const [tone, text] = sentence(topUp, connect, settled);
  if (!text) return null;
  return (
    <div className="mb-6">
      <Notice tone={tone}>{text}</Notice>
    </div>
  );
}

function sentence(
  topUp: string | undefined,
  connect: string | undefined,
  settled: boolean,
): ["good" | "wait" | "info", string | null] {
  if (topUp === "cancelled") return ["info", "The payment was cancelled. Nothing was charged."];
  if (topUp)
    return [
      "good",
      "Thank you. The payment is done and its credits are booked as soon as the card company confirms it, usually within seconds.",
    ];
  if (connect === "done" && settled) return ["good", "Your bank account is connected. You can withdraw."];
  if (connect === "done") return ["wait", "Your details are with the payment company. It is checking them."];
  if (connect === "again") return ["info", "That link has been used up. Start again with the button below."];
  return ["info", null];
}
