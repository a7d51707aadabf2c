const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether a text from outside has the form of one of our ids: anything else cannot exist, and the database would answer it
 * with an error. In lower case, as we write them: ids are bound into seals as text, so another spelling is another place.
 */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The smallest UUIDv7 of an instant: ids are made by the clock, so those of later rows are greater. */
export function firstIdOf(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
