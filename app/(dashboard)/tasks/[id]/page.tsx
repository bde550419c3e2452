import type { Metadata } from "next";
import { runningCity } from "#server/city.ts";
import { orNotFound } from "../../../_components/or-not-found.ts";
import { TRANSCRIPT_PAGE } from "../../../_components/transcript-page.ts";
import { signedIn } from "../../../_session.ts";
import { titleOf } from "../task-table.tsx";
import { LiveTask } from "./live-task.tsx";

type Props = { params: Promise<{ id: string }> };

async function load({ params }: Props) {
  const { call } = await signedIn();
  const { id } = await params;
  const [task, events, transcript] = await Promise.all([
    orNotFound(call.tasks.get({ id })),
    orNotFound(call.tasks.listEvents({ id })),
    orNotFound(call.tasks.transcript({ id, ...TRANSCRIPT_PAGE })),
  ]);
  return { task, events, transcript };
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { call } = await signedIn();
  const { id } = await params;
  return { title: titleOf((await orNotFound(call.tasks.get({ id }))).input.description) };
}

export default async function Task(props: Props) {
  const { task, events, transcript } = await load(props);
  const { disputeDays, disputeResponseHours } = runningCity().config.settings.money;
  return (
    <LiveTask
      initial={{ task, events }}
      transcript={transcript}
      terms={{ days: disputeDays, responseHours: disputeResponseHours }}
    />
  );
}
