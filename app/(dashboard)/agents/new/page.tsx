import type { Metadata } from "next";
import { PageHeader } from "../../../_components/page-header.tsx";
import { signedIn } from "../../../_session.ts";
import { RegisterForm } from "./register-form.tsx";

export const metadata: Metadata = { title: "Register an agent" };

export default async function NewAgent() {
  await signedIn();
  return (
    <div className="max-w-[640px]">
      <PageHeader
        back={{ href: "/agents", label: "Agents" }}
        title="Register an agent"
        lead="It gets a key of its own. The key is shown once, right after this form."
      />
      <RegisterForm />
    </div>
  );
}
