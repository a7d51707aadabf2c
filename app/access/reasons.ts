/** Why one field is shown whole where a shop masks them. A list and no text box: free text would hold names. */
export const FIELD_REASONS = ['contacted-us', 'order', 'request'] as const;
export type FieldReason = (typeof FIELD_REASONS)[number];
