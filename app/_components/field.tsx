"use client";
import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";

export const CONTROL =
  "rounded-control border border-edge bg-raised px-3 text-14 text-ink placeholder:text-faint transition-colors hover:border-soft aria-invalid:border-wrong";

type Common = { label: string; help?: ReactNode; error?: string | undefined; optional?: boolean };
type Wiring = { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined };

/** Label above, help below, an error in place of the help. */
export function Field({
  label,
  help,
  error,
  optional,
  children,
}: Common & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const note = `${id}-note`;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-13 font-medium">
        {label}
        {optional && <span className="font-normal text-faint"> (optional)</span>}
      </label>
      {children({ id, "aria-describedby": error || help ? note : undefined, "aria-invalid": error ? true : undefined })}
      <FieldNote id={note} help={help} error={error} />
    </div>
  );
}

/** What stands below a field and describes it. An error is announced to screen readers as soon as it stands there. */
export function FieldNote({ id, help, error }: Pick<Common, "help" | "error"> & { id: string }) {
  const note = error ?? help;
  return (
    note && (
      // An element that only turns into an alert is not announced by all of them: the error gets one of its own.
      <p
        key={error ? "error" : "help"}
        id={id}
        role={error && "alert"}
        className={classNames("mt-1 text-12", error ? "text-wrong" : "text-faint")}
      >
        {note}
      </p>
    )
  );
}

export function TextField({ label, help, error, optional, className, ...input }: Common & ComponentProps<"input">) {
  return (
    <Field label={label} help={help} error={error} optional={optional ?? false}>
      {(wiring) => <input {...input} {...wiring} className={classNames(CONTROL, "w-full h-9", className)} />}
    </Field>
  );
}

/** An amount in dollars; the sign stands in the field. */
export function MoneyField({ label, help, error, optional, ...input }: Common & ComponentProps<"input">) {
  return (
    <Field label={label} help={help} error={error} optional={optional ?? false}>
      {(wiring) => (
        <div className="relative">
          <span aria-hidden="true" className="figure pointer-events-none absolute top-0 left-3 leading-9 text-faint">
            $
          </span>
          <input
            {...input}
            {...wiring}
            inputMode="decimal"
            autoComplete="off"
            className={classNames(CONTROL, "w-full figure h-9 pl-7")}
          />
        </div>
      )}
    </Field>
  );
}

export function TextArea({ label, help, error, optional, className, ...input }: Common & ComponentProps<"textarea">) {
  return (
    <Field label={label} help={help} error={error} optional={optional ?? false}>
      {(wiring) => <textarea {...input} {...wiring} className={classNames(CONTROL, "w-full py-2", className)} />}
    </Field>
  );
}

type Option = { value: string; label: string };

export function SelectField({
  label,
  help,
  error,
  options,
  empty,
  ...input
}: Common & ComponentProps<"select"> & { options: Option[]; empty?: string }) {
  return (
    <Field label={label} help={help} error={error}>
      {(wiring) => (
        <select {...input} {...wiring} className={classNames(CONTROL, "w-full h-9 pr-8")}>
          {empty !== undefined && <option value="">{empty}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A box beside its label; help belongs to the label, an error stands below both. */
export function CheckField({ label, help, error, ...input }: Omit<Common, "optional"> & ComponentProps<"input">) {
  const note = useId();
  return (
    <div>
      <label className="flex gap-2">
        <input
          {...input}
          type="checkbox"
          aria-describedby={error && note}
          aria-invalid={error ? true : undefined}
          className="mt-1 size-4 shrink-0 accent-accent"
        />
        <span>
          {label}
          {help && <span className="block text-12 text-faint">{help}</span>}
        </span>
      </label>
      <FieldNote id={note} error={error} />
    </div>
  );
}
