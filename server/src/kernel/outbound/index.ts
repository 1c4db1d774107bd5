export { publicAuthorities } from './authorities.ts';
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
