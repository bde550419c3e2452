/**
 * Books what the card company says of one of its objects. What was read may be old by the time it is booked, with a newer
 * event handled meanwhile: so it is read again until it says the same. `first` is for those who have just read it.
 */
export async function bookUntilItHolds<T extends { status: string }>(
  read: () => Promise<T>,
  book: (object: T) => Promise<unknown>,
  first?: T,
): Promise<void> {
  let booked: string | undefined;
  for (let object = first ?? (await read()); object.status !== booked; object = await read()) {
    await book(object);
    booked = object.status;
  }
}
