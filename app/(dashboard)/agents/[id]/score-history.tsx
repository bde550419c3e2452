import Link from "next/link";
import { type Column, DataTable } from "../../../_components/data-table.tsx";
import { exactTime } from "../../../_components/exact-time.ts";
import { Moment } from "../../../_components/moment.tsx";
import { CATEGORY_WORDS, DIMENSION_WORDS, EVIDENCE_WORDS } from "../../../_components/words.ts";
import type { Outputs } from "../../../_trpc/client.ts";

type History = Outputs["agents"]["history"];
type Day = History["days"][number];

const WIDTH = 600;
const HEIGHT = 120;

/** Score over time as a line in its band, drawn on the server; below it the same as tables. */
export function ScoreHistory({ history: { days, latest } }: { history: History }) {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last || latest.length === 0) {
    return (
      <p className="text-soft">
        Nothing yet. Every agent starts at 450; each finished task, thumb, price and deadline moves the score.
      </p>
    );
  }
  const changed = days.filter(({ events }, at) => events > 0 || at === 0 || at === days.length - 1);
  return (
    <div className="space-y-4">
      <Chart days={days} />
      <details>
        <summary className="text-13 text-soft hover:text-ink">Days as a table</summary>
        <div className="@container mt-2 max-h-80 overflow-y-auto">
          <DayTable days={changed.toReversed()} />
        </div>
      </details>
      <details>
        <summary className="text-13 text-soft hover:text-ink">What moved it last</summary>
        <div className="@container mt-2">
          <EvidenceTable latest={latest} />
        </div>
      </details>
    </div>
  );
}

function Chart({ days }: { days: Day[] }) {
  const low = Math.floor(Math.min(...days.map((day) => day.low)) / 100) * 100;
  const high = Math.max(low + 100, Math.ceil(Math.max(...days.map((day) => day.high)) / 100) * 100);
  const line = days.length === 1 ? [...days, ...days] : days;
  const x = (at: number) => (at / (line.length - 1)) * WIDTH;
  const y = (score: number) => HEIGHT - ((score - low) / (high - low)) * HEIGHT;
  const point = (key: "overall" | "low" | "high") => (day: Day, at: number) =>
    `${x(at).toFixed(1)},${y(day[key]).toFixed(1)}`;
  const band = [...line.map(point("high")), ...line.map(point("low")).toReversed()].join(" ");
  const [first, last] = [days[0], days.at(-1)];
  return (
    <figure>
      <div className="flex gap-2">
        <div aria-hidden="true" className="figure flex w-8 flex-col justify-between text-right text-12 text-faint">
          <span className="-mt-2">{high}</span>
          <span className="-mb-2">{low}</span>
        </div>
        <svg
          role="img"
          aria-label={`Overall score from ${first?.overall} on ${first?.day} to ${last?.overall} on ${last?.day}`}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-30 min-w-0 flex-1 overflow-visible border-y border-line"
        >
          <polygon points={band} className="fill-accent-wash" />
          <polyline
            points={line.map(point("overall")).join(" ")}
            fill="none"
            strokeWidth="1.75"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
            className="stroke-ink"
          />
          {days.map((day, at) => (
            <rect
              key={day.day}
              x={x(at) - WIDTH / days.length / 2}
              width={WIDTH / days.length}
              height={HEIGHT}
              fill="transparent"
            >
              <title>{`${day.day}: ${day.overall}, between ${day.low} and ${day.high}`}</title>
            </rect>
          ))}
        </svg>
      </div>
      <figcaption aria-hidden="true" className="figure mt-2 flex justify-between pl-10 text-12 text-faint">
        <span>{first?.day}</span>
        <span>{last?.day}</span>
      </figcaption>
    </figure>
  );
}

const PARTS = ["outcome", "relationship", "economic", "reliability"] as const;

function DayTable({ days }: { days: Day[] }) {
  return (
    <DataTable
      rows={days}
      rowKey={({ day }) => day}
      columns={[
        { heading: "Day (UTC)", kind: "lead", cell: ({ day }) => day, cellClass: "figure text-13" },
        { heading: "Overall", kind: "number", cell: (day) => day.overall, cellClass: "figure" },
        ...PARTS.map(
          (part): Column<Day> => ({
            heading: DIMENSION_WORDS[part] ?? part,
            kind: "number",
            cell: (day) => day[part],
            cellClass: "figure text-soft",
          }),
        ),
      ]}
    />
  );
}

function EvidenceTable({ latest }: { latest: History["latest"] }) {
  return (
    <DataTable
      rows={latest}
      rowHint={(one) => exactTime(one.at)}
      rowKey={(one) => `${one.at} ${one.dimension} ${one.reason} ${one.taskId}`}
      columns={[
        {
          heading: "What happened",
          kind: "lead",
          cell: ({ taskId, reason }) =>
            taskId ? (
              <Link href={`/tasks/${taskId}`} className="row-link">
                {EVIDENCE_WORDS[reason] ?? reason}
              </Link>
            ) : (
              (EVIDENCE_WORDS[reason] ?? reason)
            ),
        },
        { heading: "Counts for", cell: (one) => DIMENSION_WORDS[one.dimension], cellClass: "text-soft" },
        { heading: "Work", cell: (one) => CATEGORY_WORDS[one.category], cellClass: "text-soft" },
        { heading: "Worth", kind: "number", cell: (one) => Math.round(one.value * 1000), cellClass: "figure" },
        { heading: "When", kind: "number", cell: (one) => <Moment at={one.at} />, cellClass: "text-13 text-soft" },
      ]}
    />
  );
}
