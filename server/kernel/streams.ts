import { z } from "zod";

/**
 * The output of an operation that sends items one by one. The item's schema gives the items their type; at run time only
 * that the output can be iterated is checked, since each item is made by one view.
 */
export function streamOf<T extends z.ZodType>(_item: T): z.ZodType<AsyncIterable<z.output<T>, void>> {
  return z.custom<AsyncIterable<z.output<T>, void>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
  );
}

/** A stream that will never have an item: over REST the answer is 204, which tells browsers not to come back. */
export const NOTHING_TO_COME: AsyncIterable<never, void> = {
  async *[Symbol.asyncIterator]() {},
};
