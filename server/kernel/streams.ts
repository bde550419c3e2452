import { z } from "zod";

const ITEMS = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The output of an operation that sends items one by one. Only that it can be iterated is checked at run time; the
 * item's own schema types the items and describes them in the API document.
 */
export function streamOf<T extends z.ZodType>(item: T): z.ZodType<AsyncIterable<z.output<T>, void>> {
  const schema = z.custom<AsyncIterable<z.output<T>, void>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
  );
  ITEMS.set(schema, item);
  return schema;
}

/** The schema of a stream's items, or undefined for what is no stream. */
export function itemOf(schema: z.ZodType): z.ZodType | undefined {
  return ITEMS.get(schema);
}

/** A stream that will never have an item: over REST the answer is 204, which tells browsers not to come back. */
export const NOTHING_TO_COME: AsyncIterable<never, void> = {
  async *[Symbol.asyncIterator]() {},
};
