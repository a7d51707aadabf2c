/**
 * How people talk about a request, such as `R-4F9A2C`: the end of its random id. It says nothing of whom the request is
 * about, and two requests of a shop share one about as often as two people share six digits of a telephone number.
 */
export function requestCode(id: string): string {
  return `R-${id.slice(-6).toUpperCase()}`;
}
