const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The first and the last moment of days as the reader's clock counts them. The API would take the bare days too, but as
 * days in UTC, and a shop's day does not begin at eight in the morning.
 */
export function dayBounds(
  from: string,
  until: string,
): { readonly startDate: string | undefined; readonly endDate: string | undefined } {
  return {
    startDate: DAY.test(from) ? new Date(`${from}T00:00:00`).toISOString() : undefined,
    endDate: DAY.test(until) ? new Date(`${until}T23:59:59.999`).toISOString() : undefined,
  };
}
