"use client";
import "./globals.css";
import { Problem } from "./_components/problem-page.tsx";

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <Problem retry={reset} />
      </body>
    </html>
  );
}
