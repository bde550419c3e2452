import { Link as LinkIcon } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { classNames } from "../../_components/class-names.ts";
import { CodeBlock } from "./_code-block.tsx";
import { anchorOf } from "./_headings.ts";
import { labelCells, TABLE } from "./_table.tsx";

/** A page of ours. Headings can be linked to, code can be copied, wide tables scroll inside themselves. */
export function DocText({ text }: { text: string }) {
  return (
    <div className="prose [&_table]:[overflow-wrap:normal]">
      <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[labelCells]} components={COMPONENTS}>
        {text}
      </Markdown>
    </div>
  );
}

const COMPONENTS = {
  ...TABLE,
  h2: ({ children }: { children?: ReactNode }) => <Heading level="h2">{children}</Heading>,
  h3: ({ children }: { children?: ReactNode }) => <Heading level="h3">{children}</Heading>,
  a: ({ href = "", children }: ComponentProps<"a">) =>
    href.startsWith("/") && !href.startsWith("/api/") ? (
      <Link href={href}>{children}</Link>
    ) : (
      <a href={href}>{children}</a>
    ),
  pre: ({ children }: { children?: ReactNode }) => <>{children}</>,
  code: ({ className, children }: ComponentProps<"code">) => {
    const language = /language-(\w+)/.exec(className ?? "")?.[1];
    return language ? <CodeBlock language={language} text={textOf(children)} /> : <code>{children}</code>;
  },
};

function Heading({ level: Level, children }: { level: "h2" | "h3"; children: ReactNode }) {
  const id = anchorOf(textOf(children));
  return (
    <Level id={id} className={classNames("group scroll-mt-6", Level === "h2" ? "mt-10 text-20" : "mt-7 text-16")}>
      {children}
      <a
        href={`#${id}`}
        aria-label={`Link to ${textOf(children)}`}
        className="ml-2 inline-block align-middle opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
      >
        <LinkIcon aria-hidden="true" className="size-3.5 text-faint" />
      </a>
    </Level>
  );
}

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (node && typeof node === "object" && "props" in node) {
    return textOf((node as { props: { children?: ReactNode } }).props.children);
  }
  return "";
}
