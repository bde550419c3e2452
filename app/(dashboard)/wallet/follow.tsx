"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";

const [FIRST_WAIT_MS, LONGEST_WAIT_MS, GROWTH] = [3_000, 60_000, 1.3];

/** Has the page rendered again while it stands there: ever more slowly, and only while it is looked at. */
export function Follow() {
  const router = useRouter();
  useEffect(() => {
    let wait = FIRST_WAIT_MS;
    let timer = setTimeout(look, wait);
    function look() {
      if (document.visibilityState === "visible") {
        router.refresh();
        wait = Math.min(wait * GROWTH, LONGEST_WAIT_MS);
      }
      timer = setTimeout(look, wait);
    }
    return () => clearTimeout(timer);
  }, [router]);
  return null;
}
