/**
 * Loaded with `node --import`, this makes a process and those that it starts live `DEMO_CLOCK_SHIFT_MS` away from now: a
 * provider gives the bill of a day only when the day is over, so the demo buys on one that is.
 */
const shift = Number(process.env.DEMO_CLOCK_SHIFT_MS ?? 0);

if (shift !== 0) {
  const Real = Date;
  const now = () => Real.now() + shift;
  // Everything that asks for the time asks `Date`; what is given a time gets just that.
  globalThis.Date = new Proxy(Real, {
    apply: () => new Real(now()).toString(),
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
