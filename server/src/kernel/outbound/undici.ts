/**
 * The two parts of undici that are used. Its index loads a hundred files more (fetch, caches, mocks, web sockets), which
 * every process would carry for good.
 */
import { createRequire } from 'node:module';
import type { Agent as AgentType, Client as ClientType } from 'undici';

const require = createRequire(import.meta.url);

/** Connections to every host, kept and shared; see undici's own documentation. */
export const Agent = require('undici/lib/dispatcher/agent.js') as typeof AgentType;
/** One connection to one host. */
export const Client = require('undici/lib/dispatcher/client.js') as typeof ClientType;
