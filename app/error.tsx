"use client";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Problem } from "./_components/problem-page.tsx";

/** Trying again asks the server anew; what failed there is not mended by drawing it once more. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const retry = () =>
    start(() => {
      router.refresh();
      reset();
    });
  return <Problem retry={retry} pending={pending} />;
}
