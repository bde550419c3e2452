"use client";
import { Problem } from "./_components/problem-page.tsx";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return <Problem retry={reset} />;
}
