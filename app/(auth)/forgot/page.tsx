import type { Metadata } from "next";
import Link from "next/link";
import { ForgotForm } from "./forgot-form.tsx";

export const metadata: Metadata = { title: "Forgotten password" };

export default function Forgot() {
  return (
    <>
      <h1 className="text-20">Choose a new password</h1>
      <p className="mt-1 text-13 text-soft">We mail you a link that works once, within an hour.</p>
      <ForgotForm />
      <p className="mt-5 text-13 text-soft">
        Remembered it?{" "}
        <Link href="/signin" className="text-accent underline">
          Sign in
        </Link>
      </p>
    </>
  );
}
