import { z } from "zod";

/** Query of every numbered list: `page` from 1, `pageSize` up to 100. */
export const pageInput = {
  page: z.coerce.number<number>().int().min(1).max(100_000).default(1).describe("From 1."),
  pageSize: z.coerce.number<number>().int().min(1).max(100).default(20),
};

export const pagination = z.object({
  page: z.int(),
  pageSize: z.int(),
  total: z.int(),
  totalPages: z.int(),
});

/** A list as use cases return it; the REST adapter moves `pagination` beside `data`. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), pagination });
}

export type Page<T> = { data: T[]; pagination: z.infer<typeof pagination> };

export function makePage<T>(data: T[], total: number, input: { page: number; pageSize: number }): Page<T> {
  return {
    data,
    pagination: {
      page: input.page,
      pageSize: input.pageSize,
      total,
      totalPages: Math.max(1, Math.ceil(total / input.pageSize)),
    },
  };
}
