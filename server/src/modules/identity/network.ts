const IPV6_PREFIX_GROUPS = 4;

/** The eight groups of an IPv6 address, or `undefined` for anything else. */
function groupsOf(ip: string): string[] | undefined {
  const [head = '', tail, ...rest] = ip.toLowerCase().split('%')[0]?.split('::') ?? [];
  if (rest.length > 0 || !ip.includes(':')) {
    return undefined;
  }
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: missing }, () => '0'), ...right];
}

/**
 * The network that failed logins are counted for: an IPv4 address, or the first 64 bits of an IPv6 address, because
 * whoever has one of those has them all.
 */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) {
    return mapped;
  }
  const groups = groupsOf(ip);
  if (groups === undefined) {
    return ip.slice(0, 64);
  }
  const prefix = groups.slice(0, IPV6_PREFIX_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${prefix.join(':')}::/64`.slice(0, 64);
}
