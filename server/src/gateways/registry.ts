import type { Gateway, PaymentMethod } from './gateway.ts';

/** The payment providers that are switched on. */
export interface GatewayRegistry {
  readonly gateways: readonly Gateway[];
  /** The gateway of a provider such as `wechat_pay`. */
  byProvider(provider: string): Gateway | undefined;
  /** The gateway that offers a way to pay. */
  byMethod(method: PaymentMethod): Gateway | undefined;
  /** Every way to pay, in the order of the gateways. */
  readonly methods: readonly PaymentMethod[];
}

/** Throws when two gateways share a provider's name or offer the same way to pay: which one is asked would be chance. */
export function createGatewayRegistry(gateways: readonly Gateway[]): GatewayRegistry {
  const providers = new Map<string, Gateway>();
  const methods = new Map<PaymentMethod, Gateway>();
  for (const gateway of gateways) {
    const { provider } = gateway.capabilities;
    if (providers.has(provider)) {
      throw new Error(`the payment provider ${provider} is registered twice`);
    }
    providers.set(provider, gateway);
    for (const { method } of gateway.capabilities.methods) {
      const other = methods.get(method);
      if (other) {
        throw new Error(`${method} is offered by ${other.capabilities.provider} and by ${provider}`);
      }
      methods.set(method, gateway);
    }
  }
  return {
    gateways,
    byProvider: (provider) => providers.get(provider),
    byMethod: (method) => methods.get(method),
    methods: [...methods.keys()],
  };
}
