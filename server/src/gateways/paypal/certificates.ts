/**
 * The certificates that PayPal signs its notifications with. A notification says where its certificate lies, and anybody can
 * send one: so it is fetched from PayPal's own hosts only, must lead to an authority that is trusted, and is kept, and
 * addresses that are not known yet are looked at a few times a minute at most.
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { type Outbound, OutboundError, publicAuthorities } from '../../kernel/outbound/index.ts';
import type { CheckedSettings } from './config.ts';

const KEPT_MS = 12 * HOUR_MS;
const MAX_KEPT = 16;
const MAX_FETCHES_PER_MINUTE = 6;
const MAX_CHAIN = 5;
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export type FoundKey =
  | { readonly kind: 'key'; readonly key: KeyObject }
  /** Not PayPal's. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It could not be had for now. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface Certificates {
  find(address: string): Promise<FoundKey>;
}

export interface CertificatesDeps {
  readonly settings: Pick<CheckedSettings, 'baseUrl' | 'webhookCaPem'>;
  readonly outbound: Outbound;
  readonly clock: Clock;
}

const isLoopback = ({ hostname }: URL) => ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);

/** https at a host of PayPal's; or the simulator, where the whole interface is configured to be one on this machine. */
export function isTrustedAddress(address: string, baseUrl: string): boolean {
  if (!URL.canParse(address)) {
    return false;
  }
  const url = new URL(address);
  const base = new URL(baseUrl);
  if (isLoopback(base)) {
    return url.origin === base.origin;
  }
  const isPaypal = url.hostname === 'paypal.com' || url.hostname.endsWith('.paypal.com');
  return url.protocol === 'https:' && url.port === '' && url.username === '' && isPaypal;
}

const isValidAt = (certificate: X509Certificate, now: number) =>
  Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo);

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate) =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/** What is wrong with a chain whose first certificate signs; `undefined` when it leads to one of the authorities. */
export function findFaultInChain(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: number,
): string | undefined {
  let [current] = chain;
  if (!current) {
    return 'no_certificate';
  }
  if (!/(^|\n)CN=([\w-]+\.)*paypal\.com($|\n)/.test(current.subject)) {
    return 'foreign_certificate';
  }
  for (let length = 0; length < MAX_CHAIN; length += 1) {
    const certificate: X509Certificate = current;
    if (!isValidAt(certificate, now)) {
      return 'expired_certificate';
    }
    if (authorities.some((authority) => isValidAt(authority, now) && isIssuedBy(certificate, authority))) {
      return undefined;
    }
    const issuer = chain.find((other) => other !== certificate && isIssuedBy(certificate, other));
    if (!issuer) {
      return 'untrusted_certificate';
    }
    current = issuer;
  }
  return 'chain_too_long';
}

function readChain(body: Buffer): X509Certificate[] {
  const blocks = body.toString('latin1').match(PEM_BLOCK) ?? [];
  return blocks.slice(0, MAX_CHAIN).map((block) => new X509Certificate(block));
}

export function createCertificates({ settings, outbound, clock }: CertificatesDeps): Certificates {
  const kept = new Map<string, { readonly chain: X509Certificate[]; readonly until: number }>();
  const fetching = new Map<string, Promise<X509Certificate[] | undefined>>();
  let fetchedAt: number[] = [];
  let authorities: X509Certificate[] | undefined;

  /** Reading the public ones takes a moment, and offline verification alone needs them. */
  function trusted(): X509Certificate[] {
    const pems = settings.webhookCaPem === null ? publicAuthorities : [settings.webhookCaPem];
    authorities ??= pems.map((pem) => new X509Certificate(pem));
    return authorities;
  }

  async function download(address: string): Promise<X509Certificate[] | undefined> {
    try {
      const { status, body } = await outbound.call({
        provider: 'paypal',
        operation: 'webhook_certificate',
        method: 'GET',
        url: address,
        isSafeToRepeat: true,
        timeoutMs: 5_000,
      });
      return status === 200 ? readChain(body) : undefined;
    } catch (error) {
      if (error instanceof OutboundError || error instanceof Error) {
        return undefined;
      }
      throw error;
    }
  }

  function mayFetch(): boolean {
    const now = clock.now();
    fetchedAt = fetchedAt.filter((at) => now - at < MINUTE_MS);
    if (fetchedAt.length >= MAX_FETCHES_PER_MINUTE) {
      return false;
    }
    fetchedAt.push(now);
    return true;
  }

  async function fetchChain(address: string): Promise<X509Certificate[] | undefined> {
    const running = fetching.get(address);
    if (running) {
      return running;
    }
    if (!mayFetch()) {
      return undefined;
    }
    const started = download(address).finally(() => fetching.delete(address));
    fetching.set(address, started);
    const chain = await started;
    if (chain) {
      for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size + 1 - MAX_KEPT))) {
        kept.delete(oldest);
      }
      kept.set(address, { chain, until: clock.now() + KEPT_MS });
    }
    return chain;
  }

  return {
    async find(address) {
      if (!isTrustedAddress(address, settings.baseUrl)) {
        return { kind: 'refused', reason: 'foreign_certificate_address' };
      }
      const known = kept.get(address);
      const chain = known && clock.now() < known.until ? known.chain : await fetchChain(address);
      if (!chain) {
        return { kind: 'unavailable', reason: 'certificate_unavailable' };
      }
      const fault = findFaultInChain(chain, trusted(), clock.now());
      const key = chain[0]?.publicKey;
      return fault === undefined && key
        ? { kind: 'key', key }
        : { kind: 'refused', reason: fault ?? 'no_certificate' };
    },
  };
}
