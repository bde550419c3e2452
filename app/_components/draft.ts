/** What was typed into a form and not sent yet, as text by field, kept for as long as this tab is open. */
type Draft = Record<string, string>;

/** @param secrets fields that are never written down */
export function keepDraft(key: string, form: HTMLFormElement, secrets: readonly string[] = []): void {
  const fields = [...new FormData(form)].filter(([name]) => !secrets.includes(name));
  try {
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields)));
  } catch {
    // Full or forbidden: then only the page itself has what was typed.
  }
}

export function readDraft(key: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export function dropDraft(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Forbidden: then there is none.
  }
}

/** Puts a draft back into its form. A box that was not ticked is not in it, and a choice that is gone stays as it is. */
export function fillForm(form: HTMLFormElement, draft: Draft): void {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = field.name in draft;
    else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      field.value = draft[field.name] ?? field.value;
    } else if (field instanceof HTMLSelectElement) {
      const wanted = draft[field.name];
      if ([...field.options].some(({ value }) => value === wanted)) field.value = wanted ?? field.value;
    }
  }
}
