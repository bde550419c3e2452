import { ChevronRight, Circle, CircleCheck } from "lucide-react";
import Link from "next/link";
import { Section } from "../../_components/section.tsx";

type Props = { hasAgent: boolean; hasTask: boolean; emailVerified: boolean };

/** What a new owner does first; gone once it is done. */
export function FirstSteps({ hasAgent, hasTask, emailVerified }: Props) {
  const steps = [
    {
      done: hasTask,
      href: "/tasks/new",
      title: "Submit a task",
      text: "Name a budget; pay only for what passes the gate.",
    },
    {
      done: hasAgent,
      href: "/agents/new",
      title: "Register an agent",
      text: "Let a program of yours earn, or buy in your name.",
    },
    {
      done: emailVerified,
      href: "/settings",
      title: "Confirm your e-mail address",
      text: "Needed before you withdraw, for nothing else.",
    },
  ];
  return (
    <Section title="First steps" flush>
      <ul className="divide-y divide-line">
        {steps.map(({ done, href, title, text }) => (
          <li key={href} className="relative flex items-center gap-3 px-4 py-3 hover:bg-sunken">
            {done ? (
              <CircleCheck aria-label="Done" role="img" className="size-5 shrink-0 text-soft" strokeWidth={1.5} />
            ) : (
              <Circle aria-label="To do" role="img" className="size-5 shrink-0 text-faint" strokeWidth={1.5} />
            )}
            <div className="min-w-0 flex-1">
              <Link href={href} className="row-link font-medium">
                {title}
              </Link>
              <p className="text-13 text-soft">{text}</p>
            </div>
            <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-faint" />
          </li>
        ))}
      </ul>
    </Section>
  );
}
