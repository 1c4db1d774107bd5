/**
 * The keys that WeChat Pay signs with, by the serial number that its messages name: the merchant's public key, platform
 * certificates from the configuration, and the platform certificates that are downloaded. All are live at once, because a
 * merchant is moved from certificates to the public key over a week, message by message.
 *
 * Why a downloaded certificate is trusted: it comes encrypted under the APIv3 key, which only WeChat Pay and the merchant
 * know, so nobody else can have made it. On top of that the answer must be signed by a key that is known already or,
 * the first time, by one of the certificates that it carries.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log/index.ts';
import { decryptResource, encryptedResourceSchema, readApiV3Key } from './aead.ts';
import type { CheckedSettings } from './config.ts';
import type { Sender } from './send.ts';
import { verifyMessage } from './verify.ts';

/** WeChat Pay asks for a download at least every twelve hours. */
const REFRESH_EVERY_MS = 6 * HOUR_MS;
/** Anybody can send a message with an unknown serial number; that must not make us ask WeChat Pay each time. */
const MINIMUM_REFRESH_INTERVAL_MS = MINUTE_MS;
const PUBLIC_KEY_PREFIX = 'PUB_KEY_ID_';

const certificatesSchema = z.object({
  data: z.array(z.object({ encrypt_certificate: encryptedResourceSchema })),
});

interface PlatformCertificate {
  readonly key: KeyObject;
  readonly validFrom: number;
  readonly validUntil: number;
}

export interface KeyRing {
  /** The key of a serial number. An unknown certificate is looked for at WeChat Pay, at most once a minute. */
  find(serial: string): Promise<KeyObject | undefined>;
  /** What fields for WeChat Pay's eyes only are sealed with; `undefined` while there is no key at all. */
  toSealWith(): Promise<{ readonly serial: string; readonly key: KeyObject } | undefined>;
  /** Downloads the present certificates; throws when they can not be had or trusted. */
  refresh(): Promise<void>;
  /** Keeps the certificates fresh; the returned function ends that. */
  start(): () => void;
}

export interface KeyRingDeps {
  readonly settings: CheckedSettings;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly log: Logger;
}

const canonicalSerial = (serial: string) => serial.replace(/^0+/, '').toUpperCase();

/** A certificate goes by the serial number that stands in it, whatever it was announced as. */
function readCertificate(pem: string): [string, PlatformCertificate] {
  const certificate = new X509Certificate(pem);
  const validity = {
    validFrom: Date.parse(certificate.validFrom),
    validUntil: Date.parse(certificate.validTo),
  };
  return [canonicalSerial(certificate.serialNumber), { key: certificate.publicKey, ...validity }];
}

export function createKeyRing({ settings, sender, clock, log }: KeyRingDeps): KeyRing {
  const apiV3Key = readApiV3Key(settings.apiV3Key);
  const configured = new Map(settings.platformCertificatePems.map(readCertificate));
  const publicKey = settings.publicKey ? createPublicKey(settings.publicKey.pem) : undefined;
  let downloaded: ReadonlyMap<string, PlatformCertificate> = new Map();
  let lastRefreshAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  function known(serial: string, certificates = downloaded): KeyObject | undefined {
    if (serial.startsWith(PUBLIC_KEY_PREFIX)) {
      return serial === settings.publicKey?.id ? publicKey : undefined;
    }
    const canonical = canonicalSerial(serial);
    const certificate = certificates.get(canonical) ?? configured.get(canonical);
    const now = clock.now();
    return certificate && certificate.validFrom <= now && now < certificate.validUntil
      ? certificate.key
      : undefined;
  }

  function readDownload(body: Buffer): Map<string, PlatformCertificate> {
    const { data } = certificatesSchema.parse(JSON.parse(body.toString('utf8')));
    return new Map(
      data.map(({ encrypt_certificate }) => readCertificate(decryptResource(encrypt_certificate, apiV3Key))),
    );
  }

  async function download(): Promise<void> {
    const response = await sender.send({
      operation: 'certificates',
      method: 'GET',
      pathAndQuery: '/v3/certificates',
      isSafeToRepeat: true,
    });
    if (response.status === 404) {
      log.info({}, 'WeChat Pay has no platform certificates for this merchant; only its public key is used');
      return;
    }
    if (response.status !== 200) {
      throw new Error(`WeChat Pay answered ${response.status} to the download of its certificates`);
    }
    const certificates = readDownload(response.body);
    const message = { headers: response.headers, body: response.body, receivedAt: clock.now() };
    const verification = await verifyMessage(
      message,
      (serial) => known(serial) ?? known(serial, certificates),
    );
    if (!verification.isValid) {
      throw new Error(`the download of the certificates can not be verified: ${verification.reason}`);
    }
    downloaded = certificates;
  }

  function refresh(): Promise<void> {
    lastRefreshAt = clock.now();
    running ??= download().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function tryRefresh(): Promise<void> {
    try {
      await refresh();
    } catch (error) {
      log.warn({ err: error }, 'the platform certificates of WeChat Pay could not be refreshed');
    }
  }

  return {
    refresh,
    async find(serial) {
      const key = known(serial);
      if (key || serial.startsWith(PUBLIC_KEY_PREFIX)) {
        return key;
      }
      if (running || clock.now() - lastRefreshAt >= MINIMUM_REFRESH_INTERVAL_MS) {
        await tryRefresh();
      }
      return known(serial);
    },
    async toSealWith() {
      if (settings.publicKey && publicKey) {
        return { serial: settings.publicKey.id, key: publicKey };
      }
      if (downloaded.size === 0) {
        await tryRefresh();
      }
      const now = clock.now();
      const valid = [...configured, ...downloaded].filter(
        ([, { validFrom, validUntil }]) => validFrom <= now && now < validUntil,
      );
      const newest = valid.sort(([, a], [, b]) => b.validFrom - a.validFrom)[0];
      return newest && { serial: newest[0], key: newest[1].key };
    },
    start() {
      void tryRefresh();
      const timer = setInterval(() => void tryRefresh(), REFRESH_EVERY_MS).unref();
      return () => clearInterval(timer);
    },
  };
}
