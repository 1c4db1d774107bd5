export { publicAuthorities } from './authorities.ts';
export { type BearerTokens, createBearerTokens, NoToken } from './bearer-tokens.ts';
export { createOutbound, type OutboundOptions } from './outbound.ts';
export { handleProviderCallPrune, providerCallPrune } from './prune.ts';
export {
  type CallOutcome,
  type Outbound,
  OutboundError,
  type OutboundFailure,
  type OutboundRequest,
  type OutboundResponse,
} from './types.ts';
