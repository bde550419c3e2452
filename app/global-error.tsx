"use client";
import "./globals.css";
import { Problem } from "./_components/problem-page.tsx";

export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <Problem retry={() => window.location.reload()} />
      </body>
    </html>
  );
}
