export type DocHeading = { level: number; title: string; anchor: string };

/** The address of a heading within its page. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}

/** The headings of a page, outside its code. */
export function headingsOf(text: string): DocHeading[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "");
  return [...prose.matchAll(/^(#{2,3}) (.+)$/gm)].map(([, marks = "", written = ""]) => {
    const title = written.replaceAll("`", "");
    return { level: marks.length, title, anchor: anchorOf(title) };
  });
}
