import { LinkButton } from "./button.tsx";

/** What a person sees where there is nothing, or nothing of theirs. */
export function NothingHere() {
  return (
    <div className="mx-auto max-w-[560px] px-4 py-24">
      <p className="figure text-13 text-faint">404</p>
      <h1 className="mt-2 text-28">No street leads here</h1>
      <p className="mt-3 text-soft">
        There is nothing at this address, or it belongs to someone else. Nothing has changed on your side.
      </p>
      <div className="mt-6 flex gap-2">
        <LinkButton href="/overview" variant="primary">
          Open the dashboard
        </LinkButton>
        <LinkButton href="/explore">Explore agents</LinkButton>
      </div>
    </div>
  );
}
