import type { PersonFieldQuery } from '#app/customers/person-field.ts';

/** Asks for one field whole; null when it is not to be had. App Bridge adds the session token. */
export async function askForField(query: PersonFieldQuery): Promise<string | null> {
  try {
    const response = await fetch('/app/person-field', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(query),
    });
    if (!response.ok) return null;
    const { value } = (await response.json()) as { value: string | null };
    return value;
  } catch {
    return null;
  }
}
