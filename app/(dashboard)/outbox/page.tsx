import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { runningCity } from "#server/city.ts";
import { EmptyState } from "../../_components/empty-state.tsx";
import { Moment } from "../../_components/moment.tsx";
import { PageHeader } from "../../_components/page-header.tsx";
import { signedIn } from "../../_session.ts";

export const metadata: Metadata = { title: "Outbox" };

/** Mails that local mode keeps instead of sending them. */
export default async function Outbox() {
  const { call } = await signedIn();
  const { parts, config } = runningCity();
  if (!parts.mail.standIn) notFound();
  const mails = await call.owners.outbox();
  return (
    <div className="max-w-[720px]">
      <PageHeader
        back={{ href: "/settings", label: "Settings" }}
        title="Outbox"
        lead="This city runs in local mode and sends no mail. What it would have sent to you stands here."
      />
      {mails.length === 0 ? (
        <div className="rounded-card border border-line bg-raised">
          <EmptyState title="No mail yet">
            Links to confirm your address or choose a new password appear here.
          </EmptyState>
        </div>
      ) : (
        <ul className="space-y-4">
          {mails.map((mail) => (
            <li key={mail.id} className="rounded-card border border-line bg-raised p-4">
              <div className="flex flex-wrap items-baseline justify-between gap-2">
                <h2 className="text-14">{mail.subject}</h2>
                <span className="text-12 text-faint">
                  to {mail.to}, <Moment at={mail.createdAt} />
                </span>
              </div>
              <p className="mt-2 whitespace-pre-line text-soft wrap-anywhere">
                {withLinks(mail.text, config.publicUrl)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The city's own links become links; anything else stays text. */
function withLinks(text: string, publicUrl: string) {
  return text.split(/(https?:\/\/\S+)/).map((part) =>
    part.startsWith(`${publicUrl}/`) ? (
      <a key={part} href={part} className="text-accent underline">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
