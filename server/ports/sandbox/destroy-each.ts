/**
 * Destroys one after the other, whatever becomes of the others.
 * @returns the ids. @throws AggregateError at the end, when some could not be destroyed
 */
export async function destroyEach(ids: Iterable<string>, destroy: (id: string) => Promise<unknown>): Promise<string[]> {
  const destroyed: string[] = [];
  const failures: unknown[] = [];
  for (const id of ids) {
    await destroy(id).then(
      () => destroyed.push(id),
      (error) => failures.push(error),
    );
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} sandboxes could not be destroyed.`);
  return destroyed;
}
