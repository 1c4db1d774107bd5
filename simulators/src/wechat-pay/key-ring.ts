import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '../store.ts';
import type { Material, MaterialHolder } from './material.ts';
import { createKeyCache } from './signing.ts';

export const weChatPaySettingsSchema = z.strictObject({
  /**
   * `public_key`: a new merchant, no certificates at all. `certificate`: an old one, no public key.
   * `switching`: both are live, answers follow the request's Wechatpay-Serial, callbacks are mixed.
   */
  keyMode: z.enum(['public_key', 'certificate', 'switching']),
  /** While switching, how many of a hundred callbacks are signed by the key of public-key mode. */
  greyPercent: z.number().min(0).max(100),
  /** How long a refund stays PROCESSING before it ends, before the time scale. */
  refundSettleMs: z.number().int().min(0),
  /** Where v2 XML notifications of refunds without a notify_url go; nowhere when null. */
  platformRefundNotifyUrl: z.url().nullable(),
});

export type WeChatPaySettings = z.infer<typeof weChatPaySettingsSchema>;

const DEFAULTS: WeChatPaySettings = {
  // The hardest case is the usual one here: a client that only knows one kind of key shows at once.
  keyMode: 'switching',
  greyPercent: 50,
  refundSettleMs: 2000,
  platformRefundNotifyUrl: null,
};

export interface WeChatPaySettingsHolder {
  current(): Readonly<WeChatPaySettings>;
  change(patch: Partial<WeChatPaySettings>): WeChatPaySettings;
  reset(): void;
}

export function createWeChatPaySettings(store: Store): WeChatPaySettingsHolder {
  let settings: WeChatPaySettings = {
    ...DEFAULTS,
    ...store.readRecord<WeChatPaySettings>('wechat_pay_settings'),
  };
  return {
    current: () => settings,
    change(patch) {
      settings = weChatPaySettingsSchema.parse({ ...settings, ...patch });
      store.writeRecord('wechat_pay_settings', settings);
      return settings;
    },
    reset() {
      settings = { ...DEFAULTS };
    },
  };
}

export interface Signer {
  serial: string;
  key: KeyObject;
}

/** Decides with which of the platform's keys something is signed or was encrypted for. */
export interface KeyRing {
  material(): Readonly<Material>;
  merchantPrivateKey(): KeyObject;
  merchantPublicKey(): KeyObject;
  forAnswer(requestSerial: string | undefined): Signer;
  /** Spread evenly by the text given, so that the same try always takes the same key. */
  forCallback(seed: string): Signer;
  /** The oldest certificate that is still listed. */
  oldest(): Signer;
  /** The private key that belongs to a Wechatpay-Serial, or undefined when it names none of ours. */
  bySerial(serial: string | undefined): KeyObject | undefined;
}

export function createKeyRing(holder: MaterialHolder, settings: WeChatPaySettingsHolder): KeyRing {
  const keys = createKeyCache();

  function publicMode(): Signer {
    const material = holder.current();
    return { serial: material.publicKeyId, key: keys.privateKey(material.publicKeyPrivatePem) };
  }

  function certificateAt(index: number): Signer {
    const certificate = holder.current().platformCertificates.at(index);
    if (certificate === undefined) {
      throw new Error('there is always at least one platform certificate');
    }
    return { serial: certificate.serialNo, key: keys.privateKey(certificate.privateKeyPem) };
  }

  return {
    material: () => holder.current(),
    merchantPrivateKey: () => keys.privateKey(holder.current().merchantPrivateKeyPem),
    merchantPublicKey: () => keys.publicKeyOf(holder.current().merchantPrivateKeyPem),
    forAnswer(requestSerial) {
      const { keyMode } = settings.current();
      if (keyMode === 'public_key') {
        return publicMode();
      }
      if (keyMode === 'switching' && requestSerial === holder.current().publicKeyId) {
        return publicMode();
      }
      return certificateAt(0);
    },
    forCallback(seed) {
      const { keyMode, greyPercent } = settings.current();
      if (keyMode === 'public_key') {
        return publicMode();
      }
      if (keyMode === 'certificate') {
        return certificateAt(0);
      }
      const share = (createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32) * 100;
      return share < greyPercent ? publicMode() : certificateAt(0);
    },
    oldest: () => certificateAt(-1),
    bySerial(serial) {
      const { publicKeyId, platformCertificates, publicKeyPrivatePem } = holder.current();
      const { keyMode } = settings.current();
      if (serial === publicKeyId) {
        return keyMode === 'certificate' ? undefined : keys.privateKey(publicKeyPrivatePem);
      }
      if (keyMode === 'public_key') {
        return undefined;
      }
      const found = platformCertificates.find((certificate) => certificate.serialNo === serial);
      return found === undefined ? undefined : keys.privateKey(found.privateKeyPem);
    },
  };
}
