"use client";
import { useState } from "react";
import { setTheme } from "../../_components/theme.ts";

const CHOICES = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

export function ThemeChoice({ current }: { current: "system" | "light" | "dark" }) {
  const [chosen, setChosen] = useState(current);
  return (
    <fieldset className="flex flex-wrap gap-x-6 gap-y-2">
      <legend className="sr-only">Light or dark</legend>
      {CHOICES.map(({ value, label }) => (
        <label key={value} className="flex items-center gap-2">
          <input
            type="radio"
            name="theme"
            className="size-4 accent-accent"
            checked={chosen === value}
            onChange={() => {
              setChosen(value);
              setTheme(value);
            }}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
