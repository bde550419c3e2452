import { classNames } from "../../_components/class-names.ts";

type Point = { day: string; value: number; label: string };
type Props = { title: string; total: string; note: string; points: Point[]; max?: number };

/**
 * One bar a day, drawn on the server: readable without a script, the value on hover and, as a table, for screen readers.
 */
export function DayChart({ title, total, note, points, max }: Props) {
  const top = max ?? Math.max(1, ...points.map(({ value }) => value));
  const first = points[0]?.day;
  const last = points.at(-1)?.day;
  return (
    <section aria-label={title} className="rounded-card border border-line bg-raised p-4">
      <h2 className="text-13 font-medium text-soft">{title}</h2>
      <p className="figure mt-1 text-28">{total}</p>
      <p className="text-12 text-faint">{note}</p>
      <div aria-hidden="true" className="mt-4 flex h-24 items-end gap-px border-b border-line">
        {points.map(({ day, value, label }) => (
          <div key={day} title={`${day}: ${label}`} className="group flex h-full flex-1 items-end hover:bg-sunken">
            <div
              className={classNames(
                "w-full rounded-t-[2px] group-hover:bg-ink",
                value > 0 ? "min-h-0.5 bg-soft" : "bg-transparent",
              )}
              style={{ height: `${Math.max(0, (value / top) * 100)}%` }}
            />
          </div>
        ))}
      </div>
      <div aria-hidden="true" className="figure mt-1 flex justify-between text-12 text-faint">
        <span>{first?.slice(5)}</span>
        <span>{last?.slice(5)}</span>
      </div>
      <table className="sr-only">
        <caption>{title} by day</caption>
        <tbody>
          {points
            .filter(({ value }) => value !== 0)
            .map(({ day, label }) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                <td>{label}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
