import { rootCertificates } from 'node:tls';

/** The public certificate authorities that this program trusts, as PEM: those of its outbound connections. */
export const publicAuthorities: readonly string[] = rootCertificates;
